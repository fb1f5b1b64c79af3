"""Everything that can go wrong, as one tree.

GeniusLociError                 message: one sentence that says what, which value, what to do
├── UserError                   the user's mistake; the command line exits with 2
│   ├── BadPlace                a coordinate that is not on Earth, or cannot be understood
│   ├── BadRegion               a box, polygon or path that cannot be used
│   ├── BadRequest              a setting out of its range, a contradiction between settings
│   ├── BadFile                 a file that cannot be read, or is not what its name says
│   ├── BadCollection           a folder that is not a collection of photos, or holds too few
│   ├── BadModel                a model folder that is corrupt, unsafe or incomplete
│   ├── MissingModel            a model that is not there
│   ├── MissingExtra            an optional library that is not installed; says how to install it
│   └── OutputExists            an output that would be overwritten
├── TrainingDiverged            the loss was not finite three times in a row
├── EmptyField                  a radiance field in which nothing is left to see
├── DiskFull                    the disk has no room for the output; nothing half-written is left
└── Cancelled                   the job was stopped on request
"""


class GeniusLociError(Exception):
    """Any error of this project; `str(error)` is one sentence fit to be shown."""


class UserError(GeniusLociError):
    """A mistake that the user can mend."""


class BadPlace(UserError):
    """A coordinate that is not on Earth, or cannot be understood."""


class BadRegion(UserError):
    """A box, polygon or path that cannot be used."""


class BadRequest(UserError):
    """A setting out of its range, or settings that contradict each other."""


class BadFile(UserError):
    """A file that cannot be read, or is not what its name says."""


class BadCollection(UserError):
    """A folder that is not a collection of photos, or holds too few of them."""


class BadModel(UserError):
    """A model folder that is corrupt, unsafe or incomplete."""


class MissingModel(UserError):
    """A model that is not there."""


class MissingExtra(UserError):
    """An optional library that is not installed."""


class OutputExists(UserError):
    """An output that would be overwritten."""


class TrainingDiverged(GeniusLociError):
    """The training loss was not finite three times in a row."""


class EmptyField(GeniusLociError):
    """A radiance field in which nothing is left to see."""


class DiskFull(GeniusLociError):
    """The disk has no room for an output; nothing half-written is left behind."""


class Cancelled(GeniusLociError):
    """The job was stopped on request."""
