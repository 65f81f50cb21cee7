"""The study at missing rate 0 under its own name."""

from sklearn.datasets import load_iris

from sparsekit.study import missingness_study, sparsity_study

SETTINGS = {
    "models": ["static", "rigl"],
    "sparsities": [0.8, 0.9],
    "seeds": 2,
    "estimator_params": {"hidden_layer_sizes": (10,), "max_iter": 2},
}


def test_it_is_the_study_of_complete_data():
    X, y = load_iris(return_X_y=True)
    frame = sparsity_study(X, y, **SETTINGS).frame
    whole = missingness_study(X, y, missing_rates=[0.0], **SETTINGS).frame
    assert (frame["missing_rate"] == 0).all()
    assert frame.drop(columns="fit_time").equals(whole.drop(columns="fit_time"))


def test_by_default_it_compares_methods_at_five_sparsities():
    settings = SETTINGS | {"seeds": 1, "estimator_params": {"max_iter": 2}}
    del settings["models"], settings["sparsities"]
    X, y = load_iris(return_X_y=True)
    frame = sparsity_study(X, y, **settings).frame
    assert set(frame["model"]) == {"dense", "static", "set", "rigl"}
    assert set(frame["sparsity"]) == {0.0, 0.5, 0.8, 0.9, 0.95, 0.98}
