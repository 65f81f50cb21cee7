"""
The diagnosis of a table: what do its missing values depend on?
===============================================================

Somebody hands us a table of patients with missing values in it. Which values go missing
together? Do they go missing by chance, because of what else is in the row, or because
of what they are themselves? We make the missing values ourselves here, by three
mechanisms, so that we can tell whether the diagnosis finds them, and what it cannot
find.
"""

# %%
# 442 patients with diabetes. Three things happen to their table:
#
# - a device fails now and then, and the blood pressure is lost: **completely at
#   random**;
# - the three measurements of cholesterol come from one panel, which is ordered less
#   often for lean patients: **at random** given the body mass index, which is always
#   there;
# - high values of glucose are reported less often: **not at random**, since the chance
#   depends on the value that is lost.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.datasets import load_diabetes

from sparsekit.missingness import MissingnessDisplay, diagnose

names = {"s1": "cholesterol", "s2": "LDL", "s3": "HDL", "s4": "ratio", "s5": "lipids"}
names |= {"s6": "glucose", "bp": "pressure"}
truth = load_diabetes(as_frame=True, scaled=False).data.rename(columns=names)
standardised = (truth - truth.mean()) / truth.std()

rng = np.random.default_rng(0)
chance = pd.DataFrame(0.0, index=truth.index, columns=truth.columns)
chance["pressure"] = 0.12
chance["glucose"] = expit(1.5 * standardised["glucose"] - 1.5)
mask = rng.random(truth.shape) < chance
no_panel = rng.random(len(truth)) < expit(-1.5 * standardised["bmi"] - 1)
mask.loc[no_panel, ["cholesterol", "LDL", "HDL"]] = True
patients = truth.mask(mask)

# %%
# The table with its missing values is all that an analyst has. The summary comes first;
# every line of it belongs to a DataFrame.
seen = diagnose(patients)
print(seen)
print(seen.columns)

# %%
# One row of the figure is one pattern. The panel of three is seen at once.
MissingnessDisplay.from_diagnosis(seen, max_patterns=8)
plt.show()

# %%
# Both tests of "completely at random" reject it, and the table of score tests says why:
# z is large and negative where low values of a column make another one go missing.
print(seen.mcar_test)
print(seen.dependence[["missing", "depends_on", "difference", "z", "p_adjusted"]][:8])

# %%
# We know the hidden values, so with the mask we can test those, too. The diagonal then
# shows what no table with missing values can: that the glucose goes missing because of
# itself. Columns that go with the glucose show a shadow of it in either table, and so
# do the cholesterols, which go with the body mass index: a score test looks at one
# column at a time.
known = diagnose(truth, mask)
shown = ["pressure", "cholesterol", "LDL", "HDL", "glucose"]
figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), sharey=True, layout="constrained")
for ax, diagnosis, title in [
    (axes[0], seen, "from the table with holes"),
    (axes[1], known, "with the hidden values known"),
]:
    z = diagnosis.dependence.pivot(index="missing", columns="depends_on", values="z")
    p = diagnosis.dependence.pivot(
        index="missing", columns="depends_on", values="p_adjusted"
    )
    z, p = (table.reindex(index=shown, columns=truth.columns) for table in (z, p))
    ax.set_facecolor("#DDDDDD")
    image = ax.pcolormesh(
        z, cmap="RdBu_r", vmin=-10, vmax=10, edgecolors="white", linewidth=1
    )
    for row, column in np.argwhere(p.to_numpy() < 0.05):
        value = z.iloc[row, column]
        colour = "white" if abs(value) > 6 else "black"
        place = (column + 0.5, row + 0.5)
        ax.annotate(f"{value:.0f}", place, ha="center", va="center", color=colour)
    ax.set_xticks(np.arange(z.shape[1]) + 0.5, z.columns, rotation=90)
    ax.set_yticks(np.arange(len(shown)) + 0.5, shown)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(title=title, xlabel="... depends on the value of")
axes[0].invert_yaxis()
axes[0].set_ylabel("that this is missing ...")
figure.colorbar(image, label="z of the score test", extend="both")
plt.show()

# %%
# Numbers stand where the adjusted p-value is below 0.05, and grey cells cannot be
# tested. The row of the pressure, which was lost by chance, has one number: a false
# alarm. To control the false discovery rate at 5 % allows for one among every twenty
# numbers.
