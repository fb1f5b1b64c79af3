"""Studio: what a page or a command asks for, and the one way in which it is done."""
