"""The comparison of recipes with and without their parts, on a small scale."""

import numpy as np
import pandas as pd

from benchmarks.accuracy import recipe_parts
from sparsekit.neural_network.parameters._methods import RECIPES


def test_every_variant_of_every_table_has_a_row(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 4
    images = rng.integers(0, 255, size=(40, 3, 3), dtype=np.uint8)
    np.savez(
        tmp_path / "fashion_mnist_part.npz",
        X_train=images,
        y_train=labels,
        X_test=images,
        y_test=labels,
    )
    monkeypatch.setattr(recipe_parts, "HIDDEN", (12, 12))
    out = tmp_path / "out.csv"
    arguments = ["--data", str(tmp_path), "--out", str(out), "--seeds", "2"]
    recipe_parts.main([*arguments, "--epochs", "2", "--sparsity", "0.7"])
    made = pd.read_csv(out, comment="#")
    assert recipe_parts.VARIANTS.keys() <= RECIPES.keys()
    n_variants = sum(map(len, recipe_parts.VARIANTS.values()))
    assert made.groupby("table").size().to_dict() == {
        "Fashion-MNIST": n_variants,
        "digits": n_variants,
    }
    assert made["score"].between(0, 1).all()
