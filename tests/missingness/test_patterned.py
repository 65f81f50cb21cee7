"""Blocks and drop-out: which columns go missing together."""

import numpy as np
import pandas as pd
import pytest

from sparsekit.missingness import BlockMasker, MonotoneMasker
from tests.missingness.mechanism_cases import correlated_normal, holed


def test_neighbouring_columns_go_missing_together():
    mask = BlockMasker(0.4, blocks=3, random_state=0).fit(correlated_normal())
    mask = mask.mask(correlated_normal())
    for start in (0, 3):
        block = mask[:, start : start + 3]
        assert (block.all(axis=1) == block.any(axis=1)).all()
    # The two blocks are independent: the share of rows that lose both is 0.16, with a
    # standard deviation of 0.008.
    assert mask.all(axis=1).mean() == pytest.approx(0.16, abs=0.04)
    assert mask.mean() == pytest.approx(0.4, abs=0.05)


def test_blocks_by_name_leave_the_other_columns_alone():
    X = pd.DataFrame(correlated_normal(), columns=list("abcdef"))
    masker = BlockMasker(0.5, blocks=[["f", "b"], ["c", "d"]], random_state=0).fit(X)
    mask = masker.mask(X)
    np.testing.assert_array_equal(mask[:, 1], mask[:, 5])
    np.testing.assert_array_equal(mask[:, 2], mask[:, 3])
    for first, second in ((0, 1), (0, 4), (1, 2), (4, 5)):
        assert 0.4 < (mask[:, first] == mask[:, second]).mean() < 0.6
    assert masker.describe()["depends_on"]["f"] == "the block of b"


def test_observed_cells_of_a_block_go_missing_around_the_others():
    X = holed(correlated_normal())
    mask = BlockMasker(0.4, blocks=6, random_state=0).fit(X).mask(X)
    observed = ~np.isnan(X)
    assert ((mask == observed).all(axis=1) | ~mask.any(axis=1)).all()


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        (0, "'blocks' parameter"),
        ([[0, 1], [1, 2]], r"in more than one block: \[1\]"),
        ([[0, 9]], "blocks=.* has an index outside"),
        ([[]], "blocks must be a non-empty"),
    ],
)
def test_bad_blocks_are_refused(blocks, message):
    with pytest.raises(ValueError, match=message):
        BlockMasker(blocks=blocks).fit(correlated_normal())


@pytest.mark.parametrize("features", [None, [0, 2, 5]])
def test_after_the_first_missing_value_all_are_missing(features):
    X = correlated_normal()
    masker = MonotoneMasker(0.3, features=features, random_state=0).fit(X)
    mask = masker.mask(X)[:, features or slice(None)]
    assert (np.diff(mask.astype(int), axis=1) >= 0).all()
    assert 0 < mask[:, 0].sum() < mask[:, -1].sum()


def test_a_single_rate_is_a_constant_hazard():
    X = correlated_normal()
    rates = MonotoneMasker(0.3, random_state=0).fit(X).target_rates_
    stay = 1 - np.concatenate([[0], rates])
    np.testing.assert_allclose(stay[1:] / stay[:-1], stay[1])


def test_rates_of_drop_out_cannot_fall():
    with pytest.raises(ValueError, match="falls from one column to the next"):
        MonotoneMasker([0, 0.1, 0.3, 0.2, 0.4, 0.5]).fit(correlated_normal())
    rates = [0, 0.1, 0.1, 0.2, 0, 0.5]
    masker = MonotoneMasker(rates, random_state=0).fit(correlated_normal())
    np.testing.assert_allclose(masker.target_rates_, rates)
