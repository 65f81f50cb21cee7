"""What docs/comparison.md says of scikit-learn, cleanlab and river."""

from importlib.util import find_spec

import numpy as np
from scipy.sparse import csr_array
from sklearn.datasets import load_digits, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier

from benchmarks.peers.statements import says
from sparsekit import SETMLPClassifier


@says("scikit-learn")
def multilayer_perceptron():
    """MLPClassifier takes CSR input and weights of samples, and refuses NaN."""
    X, y = load_iris(return_X_y=True)
    net = MLPClassifier((10,), max_iter=5, random_state=0)
    net.fit(csr_array(X), y, sample_weight=np.ones(len(y)))
    X[0, 0] = np.nan
    try:
        net.fit(X, y)
    except ValueError as error:
        return "NaN" in str(error), str(error).splitlines()[0]
    return False, "NaN was taken"


@says("scikit-learn")
def gradient_boosting():
    """HistGradientBoosting takes NaN; it has no CSR input and no partial_fit."""
    X, y = load_iris(return_X_y=True)
    model = HistGradientBoostingClassifier(max_iter=3)
    X[X > 6] = np.nan
    accuracy = model.fit(X, y).score(X, y)
    try:
        model.fit(csr_array(np.nan_to_num(X)), y)
    except TypeError as error:
        return accuracy > 0.5 and not hasattr(model, "partial_fit"), str(error)
    return False, "CSR was taken"


def _wrong_labels():
    """Return the digits, labels of which a tenth are wrong, and probabilities."""
    X, y = load_digits(return_X_y=True)
    X, rng = X / 16, np.random.default_rng(0)
    wrong = rng.choice(len(y), len(y) // 10, replace=False)
    y[wrong] = (y[wrong] + rng.integers(1, 10, wrong.size)) % 10
    model = LogisticRegression(max_iter=200)
    return X, y, cross_val_predict(model, X, y, cv=5, method="predict_proba")


@says("cleanlab")
def number_of_issues():
    """It estimates how many labels are wrong, and how classes are confused."""
    from cleanlab.count import estimate_joint, num_label_issues

    _, y, probabilities = _wrong_labels()
    n_wrong, n_planted = num_label_issues(y, probabilities), len(y) // 10
    shape = estimate_joint(y, probabilities).shape
    return n_planted / 2 < n_wrong < 2 * n_planted and shape == (10, 10), (
        f"{n_wrong} where {n_planted} were planted; joint distribution of {shape}"
    )


@says("cleanlab")
def networks_in_clean_learning():
    """CleanLearning takes a network of sparsekit, and holes in the table with it."""
    from cleanlab.classification import CleanLearning

    X, y, _ = _wrong_labels()
    X[np.random.default_rng(1).random(X.shape) < 0.1] = np.nan
    net = SETMLPClassifier((50,), max_iter=10, random_state=0)
    issues = CleanLearning(net, cv_n_folds=3).fit(X, y).get_label_issues()
    return len(issues) == len(y), f"{issues['is_label_issue'].sum()} issues"


@says("cleanlab")
def datalab():
    """Datalab finds wrong labels, outliers and near duplicates at once."""
    from cleanlab import Datalab

    X, y, probabilities = _wrong_labels()
    X[5] = X[4]
    lab = Datalab({"y": y}, label_name="y", verbosity=0)
    lab.find_issues(features=X, pred_probs=probabilities)
    counts = lab.get_issue_summary().set_index("issue_type")["num_issues"]
    found = counts[["label", "outlier", "near_duplicate"]]
    return (found > 0).all(), found.to_dict()


@says("cleanlab")
def kinds_of_labels():
    """It has regression, annotators, multi-label, segmentation and object detection."""
    names = ["regression", "multiannotator", "multilabel_classification"]
    names += ["segmentation", "object_detection"]
    has = [name for name in names if find_spec(f"cleanlab.{name}")]
    return has == names, ", ".join(has)


@says("river")
def rows_one_by_one():
    """Models learn from one row at a time, a dict; and it has drift detectors."""
    from river import drift, tree

    model = tree.HoeffdingTreeClassifier()
    for value in np.random.default_rng(0).random(500):
        model.learn_one({"x": value, "other": 1.0}, bool(value > 0.5))
    guess = model.predict_one({"x": 0.9})
    detectors = [n for n in ("ADWIN", "KSWIN", "PageHinkley") if hasattr(drift, n)]
    return guess is True and len(detectors) == 3, (
        f"predicts {guess} with a key left out; {', '.join(detectors)}"
    )


@says("river")
def wrapper():
    """Its wrapper lets networks of sparsekit learn from streams."""
    from river import compat

    net = SETMLPClassifier((10,), sparsity=0.5, standardize=False, random_state=0)
    model = compat.convert_sklearn_to_river(net, classes=[False, True])
    for value in np.random.default_rng(0).random(50):
        model.learn_one({"x": value}, bool(value > 0.5))
    guess = model.predict_one({"x": 0.9})
    return guess in (False, True), f"predicts {guess}"
