"""Vocabulary: the words that captions use often, and captions as bags of them."""

from engine.evaluation.gps_clip.vocabulary import Vocabulary, vocabulary_of


def test_words_count_from_five_on_the_most_frequent_first() -> None:
    captions = ["A dog at St. Mark's"] * 5 + ["A Dog, a DOG!"] * 2 + ["a cat"] * 4
    assert vocabulary_of(captions).words == ("a", "dog", "at", "mark's", "st")
    assert len(vocabulary_of(["once"])) == 0


def test_a_caption_is_a_bag_of_the_words_that_are_known() -> None:
    known = Vocabulary(("a", "dog", "park"))
    bags = known.bags(["A dog, in the PARK", "cats", "", "dog " * 100])
    assert bags.shape == (4, 48)
    assert bags[0, :4].tolist() == [1, 2, 3, 0]
    assert bags[1:3].abs().sum() == 0
    assert (bags[3] == 2).all()
