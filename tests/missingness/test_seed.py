"""Where the random numbers of a masker come from."""

import numpy as np

from sparsekit.missingness import MCARMasker

PINNED_SEED = 900450186894289455
PINNED_CONTENT_MASK = "12ffa1"
PINNED_POSITION_MASK = "f050a2"


def normal_data():
    return np.random.default_rng(0).normal(size=(100, 5))


def test_an_integer_seed_gives_this_mask_for_ever():
    X = np.arange(-10.0, 14.0).reshape(6, 4) / 8
    X[5, 0] = np.nan
    by_content = MCARMasker(0.5, random_state=0).fit(X)
    by_position = MCARMasker(0.5, row_key="position", random_state=0).fit(X)
    assert by_content.seed_ == PINNED_SEED
    assert np.packbits(by_content.mask(X)).tobytes().hex() == PINNED_CONTENT_MASK
    assert np.packbits(by_position.mask(X)).tobytes().hex() == PINNED_POSITION_MASK


def test_other_seeds_give_other_masks():
    X = normal_data()
    masks = {MCARMasker(random_state=s).fit(X).mask(X).tobytes() for s in range(20)}
    assert len(masks) == 20


def test_no_seed_gives_a_new_mask_each_fit_fixed_afterwards():
    X = normal_data()
    masker = MCARMasker()
    first = masker.fit(X).mask(X)
    np.testing.assert_array_equal(first, masker.mask(X))
    assert (masker.fit(X).mask(X) != first).any()


def test_a_random_state_instance_is_used_once_per_fit():
    X = normal_data()
    random_state, twin = np.random.RandomState(5), np.random.RandomState(5)
    masker = MCARMasker(random_state=random_state).fit(X)
    masker.transform(X)
    masker.mask(X)
    assert masker.seed_ == twin.randint(np.iinfo(np.int64).max, dtype=np.int64)
    assert random_state.randint(1000) == twin.randint(1000)


def test_refitting_with_an_integer_seed_keeps_the_mask():
    X = normal_data()
    masker = MCARMasker(random_state=4)
    np.testing.assert_array_equal(masker.fit(X).mask(X), masker.fit(X).mask(X))
