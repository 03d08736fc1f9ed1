# %% [markdown]
# # 7. Did it work?
# A generator has drawn you two thousand garments. Are they good? Are they better than yesterday's? Has it understood
# garments, or only learnt some by heart? Losses do not tell (lesson 6). In this lesson you build the measures that
# people use instead, from their formulas to code: your own eyes first, with an honest error bar, then two distances,
# precision and recall, and a test for copying. Then you use what you know of each measure to cheat it, because that
# is the quickest way to learn what a score hides.
#
# **You will be able to**
#
# - test pictures on people, and say how far twenty answers can be trusted;
# - derive the Fréchet distance, split it into parts, and predict what it says about two samples of the same thing;
# - explain why the kernel distance has no such bias, and what it sees that the Fréchet distance does not;
# - build precision without recall, recall without precision, and catch a generator that copies;
# - read a curve of scores over a training, and know which question each score answers.
#
# **Time:** {minutes} minutes, seven exercises included. All cells together run in about a minute. **Assumed:**
# Python, NumPy with matrices (product, transpose, eigenvalues), a first Keras course. The Wasserstein distance of
# lesson 1 helps. No training here: the generators were trained beforehand, by `data/make_pretrained_generator.py`.
#
# **Notation.** Real pictures $x \sim p_{data}$, noise $z \sim p_z$, fakes $\tilde x = G(z) \sim p_g$. A mean is $m$,
# a covariance matrix $S$, $\mathrm{tr}$ is the trace (the sum of the diagonal), and $n$ counts pictures.

# %% role="setup"
import math

import numpy as np

from course_lib.checks import check, check_that


def matrix_root(matrix):
    """The symmetric square root R, with R @ R = matrix, of a covariance matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


# %% [markdown]
# ## Where we are going
# One DCGAN, kept at six moments of its training. Every column is the same latent, so you can follow one garment
# downwards. At the bottom, real ones. The number beside each row is the Fréchet distance, the most widely used score:
# the lower, the closer to real pictures.

# %%
import matplotlib.pyplot as plt

from course_lib import datasets, plots
from course_lib.models import pretrained
from course_lib.models.gan import generate
from course_lib.scores import features, metrics

plots.use_course_style()
garments = datasets.load("fashion_mnist")
network = features.load("fashion_mnist")  # what a garment looks like, in 64 numbers: see below
reference = network.test_features  # those of the 10,000 test pictures, shape (10000, 64)
moments = pretrained.report()["steps"]


def draw(step, count, seed=0):
    """`count` fakes of the generator after `step` steps, float32 (count, 28, 28, 1) in [-1, 1]."""
    latents = np.random.default_rng(seed).standard_normal((count, 64), dtype="float32")
    return generate(pretrained.generator(step), latents)


COUNT = 2000
fakes = {step: draw(step, COUNT) for step in moments}
fake_features = {step: network.features(images) for step, images in fakes.items()}
scores = {
    step: metrics.frechet_distance(found, reference) for step, found in fake_features.items()
}
last = moments[-1]


# %% fold="Draw one training, picture by picture"
def picture_rows(rows, labels, title, xlabel):
    """Rows of equally many pictures, each with its label on the left."""
    columns = len(rows[0])
    figure, axes = plt.subplots(figsize=(7.2, 5.7 / columns * len(rows) + 0.65))
    axes.imshow(
        plots.tile(np.concatenate(rows), columns=columns), cmap="gray", interpolation="nearest"
    )
    axes.set_yticks(14 + 30 * np.arange(len(rows)), labels)
    axes.set(title=title, xlabel=xlabel)
    axes.set_xticks([])
    axes.grid(False)
    return figure


rows = [fakes[step][:14] for step in moments] + [garments.images_test[:14]]
labels = [f"{step:,} steps: {scores[step]:.1f}" for step in moments] + ["real"]
figure = picture_rows(
    rows, labels, "A training, and its Fréchet distance", "one latent a column"
)
plots.show(
    figure,
    alt="Seven rows of fourteen small pictures. The first rows are grey blots, then blurred "
    "outlines of garments, and the last rows before the real ones show shirts, trousers, "
    "shoes and bags. The score beside each row falls.",
)

# %% [markdown]
# ## Your own eyes first
# Before any formula, look. The panel shows twenty pictures, one after the other. For each a coin was tossed: heads,
# a real one from the test set; tails, a fresh fake from the last generator. Click what you think. Nothing is given
# away before the twentieth. (Without a running kernel, note your answers for the numbered pictures on paper, then
# unfold the truth.)
#
# Write down first how many of the twenty you think you will get right.

# %%
from course_lib.panels.real_or_fake import RealOrFake
from course_lib.scores.intervals import exact_interval

panel = RealOrFake(garments.images_test[:2000], draw(last, 200, seed=7), count=20, seed=1)
panel.show()

# %% [markdown]
# What does your score mean? Somebody who cannot tell at all is right with probability $\frac12$ each time, *however*
# they guess, because the coin knows nothing of their habits. (Had we shown exactly ten of each, counting would help.)
# Out of $n$ answers, each right with probability $p$ independently of the others, exactly $k$ are right with the
# **binomial** probability
#
# $$ P(k) = \binom{n}{k} p^k (1 - p)^{n-k}, \qquad \text{with mean } np \text{ and variance } n\,p\,(1 - p). $$

# %% tags=["nbval-check-output"]
n = 20
chance = np.array([math.comb(n, k) * 0.5**n for k in range(n + 1)])
k = np.arange(n + 1)
print(f"all probabilities together: {chance.sum():.6f}")
print(f"mean {chance @ k:.4f} and n p {n * 0.5:.4f}")
print(f"variance {chance @ (k - 10) ** 2:.4f} and n p (1 - p) {n * 0.25:.4f}")
for least in (12, 14, 15, 16):
    print(f"{least} or more right by guessing alone: {chance[least:].sum():.3f}")

# %% [markdown]
# With fourteen right you have shown nothing yet: one guesser in seventeen does as well. Fifteen happens to one in
# fifty. Twenty answers are few, and an honest report says so with an **interval**: all $p$ that do not clash with
# what was seen. Which ones clash? The share $k/n$ has the standard deviation $\sqrt{p(1-p)/n}$ around $p$. So keep
# the $p$ with
#
# $$ \left| \frac kn - p \right| \;\le\; c \sqrt{\frac{p\,(1 - p)}{n}} , $$
#
# where $c = 1.96$ leaves out one case in twenty (that part of a normal density lies further out than 1.96 standard
# deviations, and a binomial is nearly normal unless $n$ is small). This interval is E. B. Wilson's, of 1927.
#
# ## Exercise 1: how sure are twenty answers?
# Write `score_interval(right, count, c)`, which returns the pair `(low, high)`: the smallest and the largest $p$ that
# satisfy the inequality. Derive it on paper: square both sides, collect powers of $p$, solve the quadratic equation.
# Mind that the $p$ under the root is the unknown one, not $k/n$. The check knows no formula; it tries 200,000 values
# of $p$.


# %% role="exercise" grade_id="score_interval"
# Exercise 1
def score_interval(right, count, c):
    """The smallest and the largest p with |right/count - p| <= c sqrt(p (1 - p) / count)."""
    ### BEGIN SOLUTION
    share, extra = right / count, c**2 / count
    middle = share + extra / 2
    reach = math.sqrt(share * (1 - share) * extra + extra**2 / 4)
    return (middle - reach) / (1 + extra), (middle + reach) / (1 + extra)
    ### END SOLUTION


# %% role="check" grade_id="score_interval"
def by_search(right, count, c):
    p = np.linspace(0, 1, 200_001)
    kept = p[np.abs(right / count - p) <= c * np.sqrt(p * (1 - p) / count) + 1e-12]
    return kept.min(), kept.max()


answers = [(15, 20, 1.96), (20, 20, 1.96), (7, 12, 1.0), (0, 9, 2.0)]
checked_score_interval = check(
    1,
    "score_interval",
    cases=[(case, by_search(*case)) for case in answers],
    mistakes={
        "This takes k/n for the p under the root. For 20 right of 20 it says p = 1 for certain, after 20 pictures. "
        "The p under the root is the unknown one.": [
            (0.5602238, 0.9397762),
            (1.0, 1.0),
            (0.4410146, 0.7256521),
            (0.0, 0.0),
        ],
        "The ends are nearly right: did you divide by the number before p squared, 1 + c^2/n?": [
            (0.6333461, 1.0587339),
            (1.0, 1.19208),
            (0.4767072, 0.7732928),
            (0.0, 0.4444444),
        ],
        "Both ends are right, in the wrong order: the smallest p comes first.": [
            by_search(*case)[::-1] for case in answers
        ],
        "Squaring the inequality makes c into c squared.": [
            by_search(right, count, math.sqrt(c)) for right, count, c in answers
        ],
    },
    hint="(k/n - p)^2 = c^2 p (1 - p) / n is a quadratic equation for p: (1 + c^2/n) p^2 - (2 k/n + c^2/n) p + "
    "(k/n)^2 = 0.",
    tolerance=1e-4,  # the search goes in steps of 5e-6
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="score_interval" points=1 tolerance=1e-3
values = []
for _ in range(4):
    count = int(random.integers(8, 40))
    values.append(
        score_interval(int(random.integers(0, count + 1)), count, random.uniform(1, 2.5))
    )
publish(values=np.array(values))

# %% [markdown]
# The panel uses another interval, of Clopper and Pearson (1934). It takes the binomial itself in place of the normal
# density: a $p$ is left out if a score like yours, or one still further out, has a probability below 2.5 % on one
# side. And in many papers one finds the simplest formula, $\frac kn \pm 1.96 \sqrt{\frac kn (1 - \frac kn)/n}$. How
# often does each kind of interval hold the true $p$? We compute it exactly, by adding up $P(k)$ for those $k$ whose
# interval contains $p$.


# %%
def textbook_interval(right, count):
    share = right / count
    reach = 1.96 * math.sqrt(share * (1 - share) / count)
    return share - reach, share + reach


def your_interval(right, count):
    return checked_score_interval(right, count, 1.96)


grid = np.linspace(0.02, 0.98, 97)
probability = np.array(
    [[math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in k] for p in grid]
)
kinds = {"exact": exact_interval, "yours": your_interval, "textbook": textbook_interval}
held = {}
for name, interval in kinds.items():
    low, high = np.array([interval(right, n) for right in range(n + 1)]).T
    holds = (low <= grid[:, None]) & (grid[:, None] <= high)
    held[name] = np.where(holds, probability, 0).sum(axis=1)
    print(
        f"{name:9} holds p with {held[name].min():.2f} at least, {held[name].mean():.3f} on average"
    )
assert held["exact"].min() >= 0.95 > held["textbook"].min()

if panel.finished:
    for name, interval in kinds.items():
        low, high = interval(panel.right, n)
        print(f"You had {panel.right} of {n} right; p, {name}: {low:.2f} to {high:.2f}")
else:
    print("You have not finished the blind test. Do, and run this cell again.")

# %% [markdown]
# The textbook formula promises more than it delivers; yours, with hardly more work, keeps its promise on average, and
# the exact one always, at the price of being too wide. On the left, what each score from 0 to 20 would let you say.

# %% fold="Draw the intervals, and how often they hold"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
low, high = np.array([exact_interval(each, n) for each in k]).T
left.vlines(k, low, high, color=plots.COLOURS["neutral"], linewidth=3)
left.axhline(0.5, color=plots.COLOURS["fake"], linestyle=":", label="guessing")
if panel.finished:
    left.plot(panel.right, panel.right / n, "o", color=plots.COLOURS["real"], label="you")
left.set(
    title="What a score lets you say", xlabel="right answers of 20", ylabel="p, exact interval"
)
left.set_xticks(range(0, 21, 2))
left.legend(loc="upper left")
right.plot(grid, held["exact"], "-", color=plots.COLOURS["real"], label="exact")
right.plot(grid, held["yours"], "-.", color=plots.COLOURS["generator"], label="yours")
right.plot(grid, held["textbook"], "--", color=plots.COLOURS["fake"], label="textbook")
right.axhline(0.95, color=plots.COLOURS["neutral"], linestyle=":", label="promised")
right.set(
    title="How often it holds the true p",
    xlabel="true p",
    ylabel="probability",
    ylim=(0.3, 1.01),
)
right.legend(loc="lower center")
plots.show(
    figure,
    alt="Left: twenty-one vertical bars that rise with the score; those from 6 to 14 right "
    "answers contain one half. Right: the exact interval holds the true p with probability "
    "0.95 or more everywhere, yours swings about 0.95, from 0.92 to 0.99, and the textbook "
    "interval falls below 0.95 nearly everywhere and below 0.4 at the ends.",
)

# %% [markdown]
# Too easy? Too hard? `RealOrFake(garments.images_test, draw(800, 200)).show()` tests you on an earlier generator.
#
# Eyes are the judge that counts in the end, but they are slow, get tired, learn the tricks of one generator, and
# cannot see what is *missing*: shown only good trousers, you would call all of them real. So we want numbers from
# many pictures.
#
# ## A picture as 64 numbers
# How far apart are two pictures? Pixel by pixel, two similar shirts may be far apart because one hangs a little
# lower. So one compares **features**: what a layer of a trained classifier makes of a picture. Papers use Inception,
# a network for photographs that gives 2,048 numbers. Ours is small, was trained to name garments
# (`data/make_feature_network.py`), and gives 64; our scores must not be compared with a paper's "FID", only with
# each other. For a test, we take 500 test pictures and look whether the nearest of 4,000 others is of the same
# class.

# %%
labels = garments.labels_test
for name, space in (("pixels", garments.images_test[:4500]), ("features", reference[:4500])):
    nearest, _ = metrics.nearest_neighbours(space[:500], space[500:4500])
    same = np.mean(labels[500:4500][nearest[:, 0]] == labels[:500])
    print(f"{name:8}: the nearest garment has the same class in {same:.0%} of the cases")

# %% [markdown]
# The features know better what belongs together. From here on a picture is a point in a space of 64 dimensions, and
# real and fake pictures are two clouds. How far is one cloud from the other?
#
# ## The Fréchet distance
# ### In one dimension
# Lesson 1 measured the work of moving one heap of earth into the shape of another. Let the cost of moving a grain now
# be the *square* of the way. Take two normal densities, $N(m, s^2)$ and $N(m', s'^2)$. In one dimension it is best to
# keep the grains in order: of two grains at $a < a'$ and two places $b < b'$, crossing over costs
# $(a - b')^2 + (a' - b)^2$, which is more than $(a - b)^2 + (a' - b')^2$ by $2\,(a' - a)(b' - b)$. So the grain at
# $m + s z$ goes to $m' + s' z$, and with $E[z] = 0$, $E[z^2] = 1$ the cost is
#
# $$ E\big[(m - m' + (s - s')\,z)^2\big] = (m - m')^2 + (s - s')^2 . $$
#
# The check moves 200,000 samples, in order. Tolerance: the mean and the standard deviation of so many samples stray
# by about $1/\sqrt{200{,}000}$, a fifth of a percent, so we ask for two percent of the result.

# %%
random = np.random.default_rng(seed=1)
for m, s, m_other, s_other in ((0, 1, 2, 1), (0, 1, 0, 3), (1, 0.5, -1, 2)):
    a, b = np.sort(random.normal([[m], [m_other]], [[s], [s_other]], size=(2, 200_000)))
    moved, formula = np.mean((a - b) ** 2), (m - m_other) ** 2 + (s - s_other) ** 2
    print(
        f"N({m}, {s}^2) to N({m_other}, {s_other}^2): moved {moved:.3f}, formula {formula:.3f}"
    )
    assert abs(moved - formula) < 0.02 * formula

# %% [markdown]
# ## Exercise 2: feature by feature
# Write `frechet_by_feature(a, b)` for two clouds of features, arrays `(N, d)` and `(M, d)`: an array `(d,)` with the
# formula's value for each feature alone. Use the unbiased variance, which divides by $N - 1$. Such a list tells
# which features give a generator away.


# %% role="exercise" grade_id="frechet_by_feature"
# Exercise 2
def frechet_by_feature(a, b):
    """The one-dimensional Fréchet distance of each feature: clouds (N, d) and (M, d) to (d,)."""
    ### BEGIN SOLUTION
    means = a.mean(axis=0) - b.mean(axis=0)
    deviations = a.std(axis=0, ddof=1) - b.std(axis=0, ddof=1)
    return means**2 + deviations**2
    ### END SOLUTION


# %% role="check" grade_id="frechet_by_feature"
first = np.array([[0.0, 1.0], [2.0, 2.0], [4.0, 6.0]])
second = np.array([[1.0, 1.0], [3.0, 5.0], [2.0, 2.0], [6.0, 4.0]])
checked_frechet_by_feature = check(
    2,
    "frechet_by_feature",
    cases=[
        ((first, second), np.array([1.0256791, 0.6724155])),
        ((second, 3 * first), np.array([23.743704, 73.35058])),
    ],
    mistakes={
        "Close: the variance of a sample divides by N - 1 here (ddof=1).": [
            np.array([1.0565657, 0.33536616]),
            np.array([18.169697, 60.006098]),
        ],
        "The formula has the difference of standard deviations, not of variances.": [
            np.array([1.4444444, 13.444444]),
            np.array([990.77778, 3596.1111]),
        ],
        "Both differences are squared.": [
            np.array([1.1602469, 0.82000945]),
            np.array([6.8397531, 12.111512]),
        ],
        "One number a feature, please: axis=0 is the axis of the pictures.": [
            0.35005084,
            41.89301,
        ],
    },
    hint="Four arrays of shape (d,): two means and two standard deviations, along axis 0.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="frechet_by_feature" points=1
a = random.gamma(2, size=(7, 4)) @ random.normal(size=(4, 4))
b = random.normal(1, 2, size=(11, 4))
publish(values=frechet_by_feature(a, b))

# %% [markdown]
# Your function on all 64 features at once: by which do our last generator's pictures differ most from real ones?

# %%
by_feature = np.array(checked_frechet_by_feature(fake_features[last], reference))
worst = np.argsort(by_feature)[::-1][:5]
print(
    "the five that differ most:", ", ".join(f"no. {i} by {by_feature[i]:.2f}" for i in worst)
)
print(f"all 64 added up: {by_feature.sum():.2f}; the Fréchet distance: {scores[last]:.2f}")
assert by_feature.sum() <= scores[last]

# %% [markdown]
# The sum stays below the whole distance, and must: a plan that moves whole clouds moves each feature as well, and for
# none can it be cheaper than that feature's own best plan. What is missing is how features go together.
#
# ### In many dimensions
# The sleeves of a dress and its length may each be drawn right, on the wrong garments. So let $x$ be drawn from the
# first cloud, with mean $m_a$ and covariance matrix $S_a$, and let each $x$ go to a $y$ of the second cloud ($m_b$,
# $S_b$). Write $C$ for the covariance between $x$ and $y$, which is what our plan decides. A trace is a sum of
# variances, $E|x - m_a|^2 = \mathrm{tr}\,S_a$, so the cost is
#
# $$ E|x - y|^2 = |m_a - m_b|^2 + \mathrm{tr}\,S_a + \mathrm{tr}\,S_b - 2\,\mathrm{tr}\,C . $$
#
# The best plan makes $\mathrm{tr}\,C$ as large as can be. In one dimension that is $s\,s'$, the root of the product
# of the variances: then $s^2 + s'^2 - 2\,s\,s' = (s - s')^2$ is left. In many dimensions it is the trace of the
# matrix that takes this root's place, and the least cost is
#
# $$ d^2 = |m_a - m_b|^2 + \mathrm{tr}\Big(S_a + S_b - 2\,(S_a^{1/2} S_b\, S_a^{1/2})^{1/2}\Big) . $$
#
# $S^{1/2}$ is the symmetric root of a matrix, $S^{1/2} S^{1/2} = S$: `matrix_root` from the set-up cell. (Why not
# simply the root of $S_a S_b$? That product is not symmetric.) For normal densities there is a plan of this cost, so
# $d^2$ is their squared Wasserstein distance; for any others with these means and covariances it is a lower bound.
# Applied to the means and covariances of features it is the **Fréchet distance** of Heusel and others (2017).
#
# The cell tries 2,000 random plans: with $x - m_a = S_a^{1/2} u$, where $u$ has covariance $I$, it sends $x$ to $y -
# m_b = S_b^{1/2} K^T u$, for rotations $K$ and for shrunken ones (the rest of $y$'s spread is noise of its own). Then
# $\mathrm{tr}\,C = \mathrm{tr}(S_a^{1/2} K S_b^{1/2})$. No plan may be cheaper than the formula, up to rounding, so
# we allow $10^{-9}$.

# %% fold="Try 2,000 random plans"
random = np.random.default_rng(seed=2)
(root_a, root_b), m_a, m_b = (
    random.normal(size=(2, 3, 3)),
    random.normal(size=3),
    random.normal(size=3),
)
S_a, S_b = root_a @ root_a.T, root_b @ root_b.T
R_a, R_b = matrix_root(S_a), matrix_root(S_b)
assert np.allclose(R_a @ R_a, S_a)

shared = matrix_root(R_a @ S_b @ R_a)
formula = np.sum((m_a - m_b) ** 2) + np.trace(S_a + S_b - 2 * shared)


def cost(plan):
    return np.sum((m_a - m_b) ** 2) + np.trace(S_a + S_b) - 2 * np.trace(R_a @ plan @ R_b)


tried = []
for _ in range(1000):
    rotation, _ = np.linalg.qr(random.normal(size=(3, 3)))
    tried += [cost(rotation), cost(rotation * random.uniform(0, 1, size=3))]
print(f"no plan, all at random:    {cost(np.zeros((3, 3))):.4f}")
print(f"best of 2,000 plans tried: {min(tried):.4f}")
print(f"formula:                   {formula:.4f}")
print(f"course_lib:                {metrics.frechet_from_statistics(m_a, S_a, m_b, S_b):.4f}")
assert min(tried) >= formula - 1e-9

# %% [markdown]
# ### Second reading: why no plan is cheaper
# The largest possible $\mathrm{tr}\,C$ takes a little linear algebra; nothing below needs it. Let $R_a = S_a^{1/2}$ and
# $R_b = S_b^{1/2}$. If $x - m_a = R_a u$ and $y - m_b = R_b v$, with $u$ and $v$ of covariance $I$, then
# $C = R_a K R_b$, where $K = E[u v^T]$ stretches nothing, for no correlation is above 1. Hence
#
# $$ \mathrm{tr}\,C = \mathrm{tr}(R_a K R_b) = \mathrm{tr}(K R_b R_a) . $$
#
# (Factors may go round in a circle under a trace, $\mathrm{tr}(AB) = \mathrm{tr}(BA)$.) Every matrix is a rotation, a
# stretching along the axes by some $\sigma_i \ge 0$, and another rotation: $R_b R_a = U \Sigma V^T$, its singular
# value decomposition. Then $\mathrm{tr}(K U \Sigma V^T) = \mathrm{tr}(V^T K U\, \Sigma) = \sum_i (V^T K U)_{ii}\,
# \sigma_i \le \sum_i \sigma_i$, since a matrix that stretches nothing has no entry above 1; and $K = V U^T$ attains
# it. The singular values of $R_b R_a$ are the roots of the eigenvalues of $(R_b R_a)^T R_b R_a = R_a S_b R_a$, and
# their sum is the trace of $(R_a S_b R_a)^{1/2}$.

# %%
U, sigma, V_transposed = np.linalg.svd(R_b @ R_a)
print(f"plan K = V U^T:            {cost((U @ V_transposed).T):.4f}")
print(f"formula:                   {formula:.4f}")
assert abs(cost((U @ V_transposed).T) - formula) < 1e-9
assert abs(sigma.sum() - np.trace(shared)) < 1e-9

# %% [markdown]
# ### Means, sizes, directions
# What makes two clouds differ? Three things can, and the picture shows each alone: where the cloud is, how wide it
# is, and in which *direction* it is wide. Along its main directions, the eigenvectors, a cloud has the standard
# deviations $\sqrt{\lambda_1} \ge \sqrt{\lambda_2} \ge \dots$, the roots of the eigenvalues of $S$.


# %% fold="Draw three pairs of clouds"
def ellipse(mean, covariance):
    angles = np.linspace(0, 2 * np.pi, 100)
    return np.array(mean)[:, None] + 2 * matrix_root(np.array(covariance)) @ [
        np.cos(angles),
        np.sin(angles),
    ]


flat, tall, large = [[4, 0], [0, 1]], [[1, 0], [0, 4]], [[9, 0], [0, 4]]
figure, panels = plt.subplots(1, 3, figsize=(9.6, 3.2), sharex=True, sharey=True)
for axes, title, (mean, covariance) in zip(
    panels,
    ("means", "sizes", "directions"),
    (((3, 1), flat), ((0, 0), large), ((0, 0), tall)),
    strict=True,
):
    axes.plot(*ellipse((0, 0), flat), "-", color=plots.COLOURS["real"], label="real")
    axes.plot(*ellipse(mean, covariance), "--", color=plots.COLOURS["fake"], label="fake")
    distance = metrics.frechet_from_statistics((0, 0), flat, mean, covariance)
    axes.set(title=f"{title}: $d^2$ = {distance:.1f}", xlabel="first feature", aspect="equal")
panels[0].set(ylabel="second feature")
panels[0].legend(loc="upper left")
plots.show(
    figure,
    alt="Three pairs of ellipses. In the first the fake one is moved to the right and up, "
    "distance 10. In the second it has the same centre and is larger both ways, distance 2. "
    "In the third it is as large but turned by a right angle, distance 2.",
)

# %% [markdown]
# Why does the third part deserve a name? Turn a cloud about its centre: its eigenvalues stay, its directions change.
# The distance to another cloud is least when the main directions lie on each other, largest on largest (von Neumann's
# trace inequality, 1937), and then only the difference of the sizes is left. In the cell, standard deviations 3, 2, 1
# and 4, 2, 0.5 leave $(3 - 4)^2 + 0 + (1 - 0.5)^2 = 1.25$. We turn one of the clouds in 3,000 random ways.

# %%
random = np.random.default_rng(seed=9)
turned = []
for _ in range(3000):
    rotation, _ = np.linalg.qr(random.normal(size=(3, 3)))
    other = rotation @ np.diag([16, 4, 0.25]) @ rotation.T
    turned.append(
        metrics.frechet_from_statistics(np.zeros(3), np.diag([9, 4, 1]), np.zeros(3), other)
    )
aligned = metrics.frechet_from_statistics(
    np.zeros(3), np.diag([9, 4, 1]), np.zeros(3), np.diag([16, 4, 0.25])
)
print(f"main directions on each other: {aligned:.3f}")
print(f"turned at random: from {min(turned):.3f} to {max(turned):.3f}, never less")
assert min(turned) >= 1.25 - 1e-9 and abs(aligned - 1.25) < 1e-9

# %% [markdown]
# ## Exercise 3: three parts
# Split the distance. *Means*: $|m_a - m_b|^2$. *Sizes*: what the covariances would cost if only their main directions
# agreed, largest to largest and so on,
#
# $$ \sum_i \big(\sqrt{\lambda_i} - \sqrt{\mu_i}\big)^2, \qquad \lambda_1 \ge \lambda_2 \ge \dots \text{ of } S_a,
#    \quad \mu_1 \ge \mu_2 \ge \dots \text{ of } S_b . $$
#
# *Directions*: the rest of $d^2$, which is never negative. Write
# `frechet_parts(mean_a, covariance_a, mean_b, covariance_b)`, which returns `(means, sizes, directions)`. There is
# `matrix_root` from the set-up cell, and `np.linalg.eigvalsh(S)`, which gives eigenvalues in increasing order. In the
# picture's third case the answer is `(0, 0, 2)`. Write the whole distance yourself, formulas as above; the sum of
# your three numbers must be what `metrics.frechet_from_statistics` says.


# %% role="exercise" grade_id="frechet_parts"
# Exercise 3
def frechet_parts(mean_a, covariance_a, mean_b, covariance_b):
    """(means, sizes, directions): three numbers whose sum is the Fréchet distance."""
    ### BEGIN SOLUTION
    means = np.sum((mean_a - mean_b) ** 2)
    values_a, values_b = np.linalg.eigvalsh(covariance_a), np.linalg.eigvalsh(covariance_b)
    sizes = np.sum((np.sqrt(np.maximum(values_a, 0)) - np.sqrt(np.maximum(values_b, 0))) ** 2)
    root = matrix_root(covariance_a)
    shared = matrix_root(root @ covariance_b @ root)
    return means, sizes, np.trace(covariance_a + covariance_b - 2 * shared) - sizes
    ### END SOLUTION


# %% role="check" grade_id="frechet_parts"
mean_one, mean_two = np.array([1.0, 2.0, 0.0]), np.array([0.0, 2.0, 3.0])
spread_one = np.array([[5.0, 2.0, 0.0], [2.0, 3.0, 1.0], [0.0, 1.0, 2.0]])
spread_two = np.array([[1.0, -0.5, 0.0], [-0.5, 4.0, 0.5], [0.0, 0.5, 6.0]])
level, upright = np.diag([4.0, 1.0]), np.diag([1.0, 4.0])
nought = np.zeros(2)
checked_frechet_parts = check(
    3,
    "frechet_parts",
    cases=[
        ((nought, level, nought, upright), (0.0, 0.0, 2.0)),
        ((mean_one, spread_one, mean_two, spread_two), (10.0, 0.12427557, 3.6397774)),
        ((mean_two, np.eye(3), mean_one, spread_one), (10.0, 2.6942884, 0.0)),
    ],
    mistakes={
        "Sizes compare standard deviations: take the root of each eigenvalue before the difference.": [
            (0.0, 0.0, 2.0),
            (10.0, 1.6389947, 2.1250583),
            (10.0, 31.0, -28.305712),
        ],
        "Means and sizes are right. np.sqrt takes the root of each entry; the formula wants the root of the matrix, "
        "matrix_root.": [
            (0.0, 0.0, 2.0),
            (10.0, 0.12427557, -2.5257551),
            (10.0, 2.6942884, -0.45895311),
        ],
        "Sizes compare the eigenvalues, which are sorted, not the entries on the diagonals.": [
            (0.0, 2.0, 0.0),
            (10.0, 2.6714576, 1.0925954),
            (10.0, 2.2353353, 0.45895311),
        ],
        "Directions are what is left: take the sizes off.": [
            (0.0, 0.0, 2.0),
            (10.0, 0.12427557, 3.764053),
            (10.0, 2.6942884, 2.6942884),
        ],
        "The means' part is a sum of squares, without a root.": [
            (0.0, 0.0, 2.0),
            (3.1622777, 0.12427557, 3.6397774),
            (3.1622777, 2.6942884, 0.0),
        ],
    },
    hint="First the whole of tr(S_a + S_b - 2 (...)^(1/2)), with the symmetric root twice; then the sizes; "
    "directions are the difference.",
    tolerance=1e-5,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="frechet_parts" points=2 tolerance=1e-5
parts = []
for size in (3, 5):
    factors = random.normal(size=(2, size, size + 2))
    (S_a, S_b), (m_a, m_b) = (
        factors @ factors.transpose(0, 2, 1),
        random.normal(size=(2, size)),
    )
    parts.append(frechet_parts(m_a, S_a, m_b, S_b))
means, sizes, directions = zip(*parts, strict=True)
publish(means=means, sizes=sizes, directions=directions)

# %% [markdown]
# ### Does it see what we see?
# A score should rise with the damage. We spoil real training pictures in ways we understand, and measure each time
# against the 10,000 test pictures. **Predict first:** put these in order: one pixel to the right; blurred; a little
# grain; half of the pictures are pure noise; all shoes are missing; our generator after its last step.


# %% role="spoiler"
def blurred(images):
    """The mean over 3 x 3 pixels."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    return sum(padded[:, i : i + 28, j : j + 28] for i in range(3) for j in range(3)) / 9


random = np.random.default_rng(seed=3)
chosen = random.permutation(60_000)
real = garments.images_train[chosen[:COUNT]]
shoes = np.isin(garments.labels_train[chosen], (5, 7, 9))  # sandal, sneaker, ankle boot
grain = 0.1 * random.normal(size=real.shape).astype("float32")
noise = random.uniform(-1, 1, size=(COUNT // 2, 28, 28, 1)).astype("float32")
spoilt = {
    "real training pictures": real,
    "with a little grain": np.clip(real + grain, -1, 1),
    "one pixel to the right": np.roll(real, 1, axis=2),
    "blurred": blurred(real),
    "half of them noise": np.concatenate([real[: COUNT // 2], noise]),
    "no shoes": garments.images_train[chosen[~shoes][:COUNT]],
    "generator, last step": fakes[last],
}
spoilt_features = {name: network.features(images) for name, images in spoilt.items()}
distances = {
    name: metrics.frechet_distance(found, reference) for name, found in spoilt_features.items()
}

parts = {
    name: checked_frechet_parts(*metrics.statistics(found), *metrics.statistics(reference))
    for name, found in spoilt_features.items()
}
order = sorted(distances, key=distances.get)
print(f"{'':24} Fréchet:  means  sizes  directions  total variance")
for name in order:
    total = np.trace(metrics.statistics(spoilt_features[name])[1])
    numbers = distances[name], *parts[name], total
    print("{:24} {:7.2f} {:7.2f} {:6.2f} {:9.2f} {:14.1f}".format(name, *numbers))
print(f"total variance of the test pictures: {np.trace(metrics.statistics(reference)[1]):.1f}")

# %% role="spoiler" fold="Draw the spoilt pictures"
figure = picture_rows(
    [spoilt[name][:: COUNT // 12][:12] for name in order],
    [f"{name}: {distances[name]:.2f}" for name in order],
    "Spoilt pictures, and their Fréchet distances",
    "twelve of 2,000 pictures in each row",
)
plots.show(
    figure,
    alt="Seven rows of twelve pictures, the score beside each. Real training pictures come first "
    "with 0.15. With grain, dots show on the black ground. One pixel to the right looks like "
    "the first row. Then come the generator's garments and blurred ones. In the sixth row the "
    "last five pictures are noise. The last row, 12.94, has clothes and a bag, but no shoes.",
)

# %% [markdown]
# Three surprises. The shift by one pixel, which hardly anybody sees, costs more than the grain, which everybody sees:
# all test pictures are centred alike, and the features notice. Missing shoes cost more than a half of noise: three in
# ten garments are gone, and the score punishes what is absent just as it punishes what is ugly. And real pictures do
# not score 0. That last point needs a section of its own, below.
#
# Your `frechet_parts`, which made the three columns, says more. Noise moves the means. Without shoes the clouds differ
# most in their directions: what used to vary together, from shoe to shirt, varies no more. And with our generator half
# of the distance is sizes, for its pictures vary less than real ones, as the last column says.
#
# ## What it cannot see
# The Fréchet distance knows means and covariances, and nothing else. So here is a fake with a perfect score: numbers
# drawn from the normal density that has the mean and the covariance of the real features. They are the features of no
# picture at all; a quarter of them is even negative, and features never are, since a ReLU made them.

# %%
mean, covariance = metrics.statistics(reference)
impostor = random.multivariate_normal(mean, covariance, size=10_000)
print(
    f"Fréchet distance of the impostor, 10,000 points: {metrics.frechet_distance(impostor, reference):.3f}"
)
print(f"of our generator, {COUNT:,} pictures:               {scores[last]:.3f}")
print(
    f"share of negative features: {np.mean(impostor < 0):.0%}, in real ones {np.mean(reference < 0):.0%}"
)

# %% [markdown]
# The **kernel distance** sees more. A kernel $k(x, y)$ says how alike two points are. Compare how alike points are
# *within* each cloud and *across* clouds:
#
# $$ \mathrm{MMD}^2 = E[k(x, x')] + E[k(y, y')] - 2\,E[k(x, y)], $$
#
# with $x, x'$ independent from the first cloud and $y, y'$ from the second ("maximum mean discrepancy"; Gretton and
# others, 2012). Bińkowski and others (2018) take $k(x, y) = (x \cdot y / d + 1)^3$ on features and call it the kernel
# inception distance. Why a third power? In one dimension, write it out:
#
# $$ (xy + 1)^3 = 1 + 3\,xy + 3\,x^2 y^2 + x^3 y^3 = \varphi(x) \cdot \varphi(y), \qquad
#    \varphi(x) = (1, \sqrt3\,x, \sqrt3\,x^2, x^3) . $$
#
# A kernel is a scalar product in disguise, of a few powers of the point. Then $E[k(x, y)] = E[\varphi(x)] \cdot
# E[\varphi(y)]$, and all three terms together are
#
# $$ \mathrm{MMD}^2 = \big|E[\varphi(x)] - E[\varphi(y)]\big|^2 = 3\,\Delta_1^2 + 3\,\Delta_2^2 + \Delta_3^2, \qquad
#    \Delta_j = E[x^j] - E[y^j] . $$
#
# Means, second *and third* moments: it notices a lopsided cloud. With $d$ features it is the same with all products
# of up to three features. Check: the exponential density, moved to mean 0, has variance 1 and third moment 2; the
# standard normal density has 0, 1, 0. So their Fréchet distance is 0 and $\mathrm{MMD}^2 = 2^2 = 4$. We average over
# 100 pairs of samples and allow four standard errors.

# %%
values, frechet = [], []
for _ in range(100):
    lopsided, even = random.exponential(size=(400, 1)) - 1, random.normal(size=(400, 1))
    values.append(metrics.kernel_distance(lopsided, even))
    frechet.append(metrics.frechet_distance(lopsided, even))
error = 4 * np.std(values) / np.sqrt(len(values))
print(
    f"kernel distance {np.mean(values):.2f}, theory 4, within {error:.2f}; one pair: std {np.std(values):.1f}"
)
print(f"Fréchet distance {np.mean(frechet):.3f}, theory 0")
assert abs(np.mean(values) - 4) < error

splits = [random.permutation(reference)[: 2 * COUNT] for _ in range(10)]
by_chance = np.std([metrics.kernel_distance(split[:COUNT], split[COUNT:]) for split in splits])
caught = metrics.kernel_distance(impostor[:COUNT], reference[:COUNT])
print(
    f"impostor: kernel distance {caught:.4f}, {caught / by_chance:.0f} times what chance does"
)

# %% [markdown]
# The impostor is caught. (A distribution that agrees in all third moments too would pass. Every measure with finitely
# many numbers has its impostor.)
#
# ### From the formula to code
# Expectations become means over samples, with one subtlety. In $E[k(x, x')]$ the two points are *independent*. A
# mean over all pairs $(i, j)$ contains the pairs $(i, i)$, where they are the same point, and $k(x_i, x_i)$ is
# large. Leave them out, and every remaining term has exactly the expectation $E[k(x, x')]$, so their mean has it
# too, for any number of samples. That is what **unbiased** means. Keep them in, and one term in $n$ is too large, by
# $E[k(x, x)] - E[k(x, x')]$ on average: the result is too large by that, divided by $n$.
#
# ## Exercise 4: repair
# `polynomial_distance(a, b, degree)` should be the unbiased $\mathrm{MMD}^2$ of two clouds `(N, d)` and `(M, d)`
# with the kernel $(x \cdot y / d + 1)^{\text{degree}}$. The function below has **three** faults. Mend them.


# %% role="exercise" grade_id="polynomial_distance"
# Exercise 4
def polynomial_distance(a, b, degree):
    """The unbiased MMD^2 of clouds (N, d) and (M, d) with the kernel (x.y / d + 1)^degree."""
    ### BEGIN BROKEN
    # within_a = np.mean((a @ a.T + 1) ** degree)
    # within_b = np.mean((b @ b.T + 1) ** degree)
    # across = np.mean((a @ b.T + 1) ** degree)
    # return within_a + within_b - across
    ### END BROKEN
    ### BEGIN SOLUTION
    total = -2 * np.mean((a @ b.T / a.shape[1] + 1) ** degree)
    for cloud in (a, b):
        kernel = (cloud @ cloud.T / cloud.shape[1] + 1) ** degree
        total += (kernel.sum() - np.trace(kernel)) / (len(cloud) * (len(cloud) - 1))
    return total
    ### END SOLUTION


# %% role="check" grade_id="polynomial_distance"
points = np.array([[0.0, 1.0], [2.0, -1.0], [1.0, 1.0]])
others = np.array([[1.0, 0.0], [0.5, 2.0], [-1.0, 1.0], [0.0, 0.0]])
checked_polynomial_distance = check(
    4,
    "polynomial_distance",
    cases=[
        ((points, others, 1), -0.125),
        ((points, others, 3), -2.4921875),
        ((others, points, 2), -0.94791667),
    ],
    mistakes={
        "One fault is left: pairs of a point with itself are still in the means within the clouds. Leave out the "
        "diagonal, and divide by N (N - 1).": [0.46961806, 5.0175917, 1.3152127],
        "The diagonal is out of the sum, but still counted: there are N (N - 1) pairs, not N * N.": [
            -0.78472222,
            -3.6909722,
            -1.8038194,
        ],
        "One fault is left: the kernel divides x.y by the number of features, d.": [
            -0.25,
            -9.3125,
            -3.2916667,
        ],
        "One fault is left: what is across counts twice, once for x and once for y.": [
            1.0625,
            0.76953125,
            0.97395833,
        ],
    },
    hint="Compare with the formulas: the kernel's 1/d, the factor of the last term, and the pairs (i, i).",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="polynomial_distance" points=2
values = []
for degree in (1, 2, 4):
    a, b = random.normal(size=(6, 3)), random.gamma(1.5, size=(9, 3))
    values.append(polynomial_distance(a, b, degree))
    # nearly the same points: a negative estimate
    near = a[:5] + 0.1 * random.normal(size=(5, 3))
    values.append(polynomial_distance(near, a, degree))
publish(values=values)

# %% [markdown]
# What did the diagonal do? Both estimates, 500 times, with two samples of 50 real pictures each, so that the truth
# is 0. The one without it is yours. The prediction for the biased one is $\frac{2}{50}
# \big(E[k(x, x)] - E[k(x, x')]\big)$, from all 10,000 pictures, as two clouds are too large by a fiftieth of the
# difference each. The tolerance is four standard errors of the
# 500.

# %%
random = np.random.default_rng(seed=7)
yours, with_diagonal = [], []
for _ in range(500):
    a, b = reference[random.permutation(len(reference))[:100]].reshape(2, 50, 64).astype(float)
    yours.append(checked_polynomial_distance(a, b, 3))
    kernels = [(x @ y.T / 64 + 1) ** 3 for x, y in ((a, a), (b, b), (a, b))]
    with_diagonal.append(kernels[0].mean() + kernels[1].mean() - 2 * kernels[2].mean())

same = np.mean((np.sum(reference**2, axis=1) / 64 + 1) ** 3)
different = np.mean((reference[:2000] @ reference[2000:4000].T / 64 + 1) ** 3)
for name, values, truth in (
    ("with pairs (i, i)", with_diagonal, 2 / 50 * (same - different)),
    ("without", yours, 0),
):
    error = 4 * np.std(values) / np.sqrt(500)
    print(f"{name:18} mean {np.mean(values):7.4f}, predicted {truth:7.4f}, within {error:.4f}")
    assert abs(np.mean(values) - truth) < error
negative = np.mean(np.array(yours) < 0)
print(f"without: {negative:.0%} of the 500 are negative, the median is {np.median(yours):.4f}")

# %% [markdown]
# **A good place to stop.** You have both distances. Next: how many pictures a score needs, what one number cannot say,
# and a generator that copies.

# %% [markdown]
# ## How many pictures?
# Real pictures did not score 0. Was it the training set? Let us draw *both* clouds from the same Gaussian, so that
# the true distance is 0, and predict what the Fréchet distance of two samples says.
#
# Let the covariance be diagonal, with variances $\lambda_1, \dots, \lambda_d$, and let the first sample have $n$
# points. For large $n$:
#
# 1. The sample mean of feature $i$ strays from $m_i$, with variance $\lambda_i / n$.
# 2. The sample variance is a mean of squares, and $(x_i - m_i)^2$ has the variance $3 \lambda_i^2 - \lambda_i^2$ (a
#    Gaussian has the fourth moment $3 \lambda_i^2$). So the sample variance strays with variance $2 \lambda_i^2 / n$,
#    and its root, whose slope is $1 / (2 \sqrt{\lambda_i})$, with variance about $\lambda_i / (2 n)$.
# 3. The sample covariance $e$ of features $i$ and $j$ is a mean of products of two independent numbers, so it is not
#    0 but strays with the variance $\lambda_i \lambda_j / n$. What
#    does such an $e$ cost? Take two features, $A = \mathrm{diag}(\lambda_1, \lambda_2)$, and $B$ the same with $e$
#    beside the diagonal. A 2 x 2 matrix $M$ with eigenvalues $p^2, q^2$ has $\mathrm{tr}\,M^{1/2} = p + q =
#    \sqrt{p^2 + q^2 + 2pq} = \sqrt{\mathrm{tr}\,M + 2\sqrt{\det M}}$. With $M = A^{1/2} B A^{1/2}$ we have
#    $\mathrm{tr}\,M = \lambda_1^2 + \lambda_2^2$ and $\det M = \lambda_1 \lambda_2 (\lambda_1 \lambda_2 - e^2)$, so
#    $\sqrt{\det M} \approx \lambda_1 \lambda_2 - e^2/2$ and $\mathrm{tr}\,M^{1/2} \approx \sqrt{(\lambda_1 +
#    \lambda_2)^2 - e^2} \approx \lambda_1 + \lambda_2 - \frac{e^2}{2 (\lambda_1 + \lambda_2)}$. Hence
#
# $$ d^2 = 2 (\lambda_1 + \lambda_2) - 2\,\mathrm{tr}\,M^{1/2} \approx \frac{e^2}{\lambda_1 + \lambda_2} . $$
#
# The check of the three variances draws 4,000 samples of 200 points. A variance from 4,000 numbers is good to
# $\sqrt{2 / 4000}$, 2.2 %, and we allow four times that. The check of the cost $e^2 / (\lambda_1 + \lambda_2)$: the
# approximation leaves out terms of the size $e^4$, so with $e = 0.1$ we ask for one percent.

# %%
random = np.random.default_rng(seed=12)
drawn = np.sqrt([3.0, 0.5]) * random.normal(size=(4000, 200, 2))
centred = drawn - drawn.mean(axis=1, keepdims=True)
covariances = (centred[..., 0] * centred[..., 1]).sum(axis=1) / 199
for name, values, formula in (
    ("mean", drawn.mean(axis=1)[:, 0], 3 / 200),
    ("standard deviation", drawn.std(axis=1, ddof=1)[:, 0], 3 / 400),
    ("covariance", covariances, 3 * 0.5 / 200),
):
    print(f"variance of the sample's {name:18}: {values.var():.5f}, formula {formula:.5f}")
    assert abs(values.var() - formula) < 4 * math.sqrt(2 / 4000) * formula

for one, two, e in ((1.0, 1.0, 0.1), (3.0, 0.5, 0.1), (2.0, 5.0, -0.1)):
    seen = metrics.frechet_from_statistics(
        [0, 0], np.diag([one, two]), [0, 0], [[one, e], [e, two]]
    )
    print(f"variances {one}, {two}: distance {seen:.6f}, e^2 / (sum) {e**2 / (one + two):.6f}")
    assert abs(seen - e**2 / (one + two)) < 0.01 * seen

# %% [markdown]
# ## Exercise 5: predict
# Put the three points together, before any sample is drawn. Write `predicted_frechet(variances, count_a, count_b)`:
# the expected Fréchet distance of two samples, of `count_a` and `count_b` points, from *one* Gaussian with
# independent features of these `variances` (an array `(d,)`). Points 1 and 2 enter through the one-dimensional
# formula, point 3 once for every pair $i < j$. And remember that both samples stray, independently: variances of
# differences add.
#
# A first test: with one feature of variance 1 and two samples of 100, the answer is $1.5 \cdot \frac{2}{100} = 0.03$.


# %% role="exercise" grade_id="predicted_frechet"
# Exercise 5
def predicted_frechet(variances, count_a, count_b):
    """The expected Fréchet distance of two samples of the same Gaussian, for large counts."""
    ### BEGIN SOLUTION
    i, j = np.triu_indices(len(variances), 1)
    pairs = variances[i] * variances[j] / (variances[i] + variances[j])
    return (1.5 * np.sum(variances) + np.sum(pairs)) * (1 / count_a + 1 / count_b)
    ### END SOLUTION


# %% role="check" grade_id="predicted_frechet"
two_features, four_features = np.array([1.0, 1.0]), np.array([0.5, 1.0, 2.0, 6.0])
checked_predicted_frechet = check(
    5,
    "predicted_frechet",
    cases=[
        ((np.array([1.0]), 100, 100), 0.03),
        ((two_features, 100, 100), 0.07),
        ((four_features, 200, 50), 0.46171703),
    ],
    mistakes={
        "Right for one feature. Every pair of features adds a chance correlation, point 3.": [
            0.03,
            0.06,
            0.35625,
        ],
        "The pairs count twice here: each pair i < j once.": [0.03, 0.08, 0.56718407],
        "Means and pairs are there; the standard deviations stray as well, point 2.": [
            0.02,
            0.05,
            0.34296703,
        ],
        "Only one of the samples strays here: 1/count_a and 1/count_b both enter.": [
            0.015,
            0.035,
            0.092343407,
        ],
        "Right where both counts are equal. The samples stray independently, each by its own count: "
        "1/count_a + 1/count_b, not 2/count_a.": [0.03, 0.07, 0.18468681],
        "Right where both counts are equal. Add 1/count_a and 1/count_b; a mean of the counts does not do.": [
            0.03,
            0.07,
            0.2954989,
        ],
        "The two samples do not form one large one: the variances of both add, 1/count_a + 1/count_b.": [
            0.0075,
            0.0175,
            0.073874725,
        ],
    },
    hint="For one sample of n points: (sum of variances + half of it + sum over pairs) / n.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="predicted_frechet" points=2
values = [
    predicted_frechet(
        random.uniform(0.2, 5, size=size),
        int(random.integers(50, 500)),
        int(random.integers(600, 5000)),
    )
    for size in (2, 5, 9)
]
publish(values=values)

# %% [markdown]
# When you have your prediction, measure. First samples that are Gaussian indeed: variances 0.5, 1, 2 and 6, with 2,000
# and 500 points. Then real features. They are not Gaussian, but let us see how far it carries: we cut random pairs of
# samples without common pictures from the 10,000 test pictures, so the true distance is 0 at every count. Features are
# not independent, but turning both clouds alike changes no distance, and along its main directions a cloud has
# covariance 0. So the variances that your function gets are those there, `np.linalg.eigvalsh(covariance)`.

# %%
random = np.random.default_rng(seed=5)
variances = np.array([0.5, 1.0, 2.0, 6.0])
gaussian = [
    metrics.frechet_distance(
        *(np.sqrt(variances) * random.normal(size=(size, 4)) for size in (2000, 500))
    )
    for _ in range(500)
]
error = 4 * np.std(gaussian) / np.sqrt(500)
predicted = checked_predicted_frechet(variances, 2000, 500)
print(
    f"Gaussian samples: measured {np.mean(gaussian):.4f}, predicted {predicted:.4f}, within {error:.4f}"
)
assert abs(np.mean(gaussian) - predicted) < error

counts = np.array([250, 500, 1000, 2000, 4000])
variances = np.linalg.eigvalsh(metrics.statistics(reference)[1])
expected = [checked_predicted_frechet(variances, count, count) for count in counts]
measured = {"frechet": [], "kernel": []}
for count in counts:
    pairs = [random.permutation(reference)[: 2 * count] for _ in range(10)]
    measured["frechet"].append([metrics.frechet_distance(p[:count], p[count:]) for p in pairs])
    if count <= 2000:  # its work grows with the square of the count
        measured["kernel"].append(
            [metrics.kernel_distance(p[:count], p[count:]) for p in pairs]
        )
for count, seen, formula in zip(counts, measured["frechet"], expected, strict=True):
    print(f"n = {count:5,}: Fréchet measured {np.mean(seen):.3f}, predicted {formula:.3f}")
print(f"the prediction is {expected[0] * counts[0]:.0f} / n")

# %% fold="Draw both distances over the count"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
means = np.array([np.mean(each) for each in measured["frechet"]])
spreads = [np.std(each) for each in measured["frechet"]]
left.errorbar(counts, means, spreads, fmt="o", color=plots.COLOURS["real"], label="measured")
left.plot(counts, expected, ":", color=plots.COLOURS["neutral"], label="predicted by you")
left.set(
    title="Fréchet: real against real",
    xlabel="pictures in each sample, n",
    ylabel="Fréchet distance",
)
left.set(xscale="log", yscale="log")
left.set_yticks([0.1, 0.2, 0.5, 1, 2], ["0.1", "0.2", "0.5", "1", "2"])
left.legend()
middles = [np.mean(each) for each in measured["kernel"]]
errors = [np.std(each) for each in measured["kernel"]]
right.errorbar(
    counts[:-1], middles, errors, fmt="o", color=plots.COLOURS["real"], label="measured"
)
right.axhline(0, color=plots.COLOURS["neutral"], linestyle=":", label="truth")
right.set(
    title="Kernel: real against real",
    xlabel="pictures in each sample, n",
    ylabel="kernel distance",
    xscale="log",
)
right.legend()
for axes, shown in ((left, counts), (right, counts[:-1])):
    axes.set_xticks(shown, [f"{count:,}" for count in shown])
    axes.minorticks_off()
plots.show(
    figure,
    alt="Left, both axes logarithmic: the Fréchet distance of real pictures from other real "
    "pictures falls from about 2.4 at 250 pictures to about 0.16 at 4,000, along the "
    "predicted straight line. Right: the kernel distance lies around zero at every count, "
    "with error bars that shrink.",
)

# %% [markdown]
# The Fréchet distance is **biased**: it is too large by an amount that falls with the number of pictures. (It grows
# with the variances of the clouds, as your formula says, so a generator of little variety even gets a discount.) The
# kernel distance is right on average at every count; with few pictures it is
# uncertain, and says so by its spread, and may even be negative. (That it stays within a few standard errors of 0 is
# the measurement; that it must is the proof above.)
#
# So never compare Fréchet distances of different counts, and trust no small difference. And because the excess is so
# regular, one can also take it off: plot the score against $1/n$, lay a straight line through, and read off where it
# meets $1/n = 0$ (Chong and Forsyth, 2020).

# %%
many = network.features(draw(last, 8000, seed=5))
sizes = np.array([500, 1000, 2000, 4000, 8000])
falling = [
    np.mean(
        [metrics.frechet_distance(part, reference) for part in np.split(many, 8000 // size)]
    )
    for size in sizes
]
slope, intercept = np.polyfit(1 / sizes, falling, 1)
for size, score in zip(sizes, falling, strict=True):
    print(f"{size:5,} fakes: {score:.2f}")
print(f"straight line at 1/n = 0: {intercept:.2f}")

# %% fold="Draw the scores over 1/n"
figure, axes = plt.subplots(figsize=(6.4, 3.2))
axes.plot(1 / sizes, falling, "o", color=plots.COLOURS["fake"], label="generator, last step")
axes.plot(
    [0, 1 / 500],
    [intercept, intercept + slope / 500],
    "--",
    color=plots.COLOURS["neutral"],
    label="straight line",
)
axes.set(
    title="One generator, many scores",
    xlabel="1 / number of fakes",
    ylabel="Fréchet distance",
    ylim=(2.2, 3),
)
axes.set_xticks([0, 1 / 2000, 1 / 1000, 1 / 500], ["0", "1/2,000", "1/1,000", "1/500"])
axes.legend(loc="lower right")
plots.show(
    figure,
    alt="Five points over one divided by the number of fakes lie on a rising straight line. It "
    "meets the axis, where the number of fakes would be infinite, a little below the score "
    "of 8,000 fakes.",
)

# %% [markdown]
# The same generator, "improved" by nothing but more samples.
#
# ## Good pictures, or all pictures?
# One number cannot say *why* it is high. Two questions are worth keeping apart:
#
# - **precision**: which share of the fakes could be real?
# - **recall**: which share of the real things could the generator have drawn?
#
# A generator that draws one perfect boot, over and over, may have precision 1, and has hardly any recall. How does
# one tell what "could be real" from samples alone? Kynkäänniemi and others (2019) draw a ball around every real point,
# as large as the distance to its third nearest neighbour; the **reach** of the real cloud is the union of the balls.
# Precision is the share of fakes within the reach of the real ones; recall is the share of real points within the
# reach of the fakes. (So the precision of that one boot is 1 or 0: all of its copies lie in a ball, or none does. A
# cell below counts how often a real picture is within reach of other real ones.) In two dimensions one can see it.
# First in six lines of code, compared with the library's:


# %%
def share_within_reach(points, cloud, neighbours=3):
    """The share of `points` (N, d) that lie in a ball around some point of `cloud` (M, d)."""
    within = np.sqrt(((cloud[:, None] - cloud[None]) ** 2).sum(axis=2))
    radii = np.sort(within, axis=1)[:, neighbours]  # place 0 is the point itself
    across = np.sqrt(((points[:, None] - cloud[None]) ** 2).sum(axis=2))
    return np.mean((across <= radii).any(axis=1)), radii


random = np.random.default_rng(seed=4)


def two_bumps(count):
    return random.normal(size=(count, 2)) + np.where(
        random.random((count, 1)) < 0.5, -2.5, 2.5
    )


cloud = two_bumps(300)
candidates = {
    "a good generator": two_bumps(300),
    "one bump only": 0.7 * random.normal(size=(300, 2)) + 2.5,
    "everywhere": random.uniform(-9, 9, size=(300, 2)),
}
reached = {}
for name, made in candidates.items():
    precision, radii = share_within_reach(made, cloud)
    recall, _ = share_within_reach(cloud, made)
    reached[name] = precision, recall
    assert np.allclose(reached[name], metrics.precision_recall(cloud, made))
print("our own lines and course_lib agree")

# %% fold="Draw three generators and the reach of the real points"
figure, panels = plt.subplots(1, 3, figsize=(10, 4.2), sharex=True, sharey=True)
for axes, (name, made) in zip(panels, candidates.items(), strict=True):
    precision, recall = reached[name]
    for (x, y), radius in zip(cloud, radii, strict=True):
        axes.add_patch(
            plt.Circle((x, y), radius, color=plots.COLOURS["real"], alpha=0.12, linewidth=0)
        )
    axes.plot(
        *cloud.T, ".", color=plots.COLOURS["real"], markersize=3, label="real, and its reach"
    )
    axes.plot(*made.T, "x", color=plots.COLOURS["fake"], markersize=3, label="fake")
    axes.set(
        title=f"{name}\nprecision {precision:.2f}, recall {recall:.2f}", xlabel="first feature"
    )
    axes.set(xlim=(-9.5, 9.5), ylim=(-9.5, 9.5), aspect="equal")
panels[0].set(ylabel="second feature")
panels[0].legend(loc="lower right", fontsize=8)
plots.show(
    figure,
    alt="Three scatter plots with the same two clouds of blue dots and their balls, and orange crosses. "
    "A good generator covers both: precision and recall are high. One that draws a single bump has high "
    "precision and recall of about a half or less. One that scatters its points everywhere "
    "has low precision and high recall.",
)

# %% [markdown]
# ## Exercise 6: one without the other
# Open design, no points. Be the generator yourself: write two functions that make fakes out of real `images` (N, 28,
# 28, 1) in [-1, 1] with their `labels` (0 to 9). `random` is a NumPy generator. Each returns 600 images in [-1, 1].
#
# - `precise_only(images, labels, random)`: precision at least 0.75, recall at most 0.3;
# - `complete_only(images, labels, random)`: recall at least 0.75, precision at most 0.5.
#
# The check measures both against real test pictures, in our features.


# %% role="exercise" grade_id="one_without_the_other"
# Exercise 6
def precise_only(images, labels, random):
    """600 fakes of high precision and low recall."""
    ### BEGIN SOLUTION
    trousers = images[labels == 1]
    return trousers[random.permutation(len(trousers))[:600]]
    ### END SOLUTION


def complete_only(images, labels, random):
    """600 fakes of high recall and low precision."""
    ### BEGIN SOLUTION
    chosen = images[random.permutation(len(images))[:600]]
    pixels = chosen[180:].reshape(420, -1)
    scrambled = pixels[:, random.permutation(784)].reshape(420, 28, 28, 1)
    return np.concatenate([chosen[:180], scrambled])  # some are right, most are rubbish
    ### END SOLUTION


# %% role="check" grade_id="one_without_the_other"
def measured_both(precise_only):
    from course_lib import datasets
    from course_lib.scores import features, metrics

    data, network = datasets.load("fashion_mnist"), features.load("fashion_mnist")
    for name, function, wanted in (
        (
            "precise_only",
            precise_only,
            lambda precision, recall: precision >= 0.75 and recall <= 0.3,
        ),
        (
            "complete_only",
            complete_only,
            lambda precision, recall: recall >= 0.75 and precision <= 0.5,
        ),
    ):
        random = np.random.default_rng(5)
        fakes = np.asarray(
            function(data.images_train[:8000].copy(), data.labels_train[:8000].copy(), random)
        )
        if fakes.shape != (600, 28, 28, 1):
            return f"{name} should return images of shape (600, 28, 28, 1), but returned {fakes.shape}."
        if not np.abs(fakes).max() <= 1:
            return f"{name} returned pixels outside [-1, 1] (or nan)."
        precision, recall = metrics.precision_recall(
            network.test_features[:1000], network.features(fakes)
        )
        seen = f"{name}: precision {precision:.2f}, recall {recall:.2f}"
        if not wanted(precision, recall):
            return f"{seen}."
        print(seen)
    return None


checked_precise_only = check_that(
    6,
    "precise_only",
    measured_both,
    hint="For the first, draw well and draw little of what there is. For the second, reach everything and spoil the "
    "rest; noise alone may lie within the reach of an odd real picture, so spoil it thoroughly.",
    otherwise=OUR_ANSWER,
)

# %% [markdown]
# What does the Fréchet distance say of your precise pictures? Each is as good as real.

# %%
precise = checked_precise_only(
    garments.images_train[:8000], garments.labels_train[:8000], np.random.default_rng(5)
)
for name, found in (
    ("precise only", network.features(precise)),
    ("generator, last step", fake_features[last][:600]),
):
    shares = metrics.precision_recall(reference[:1000], found)
    distance = metrics.frechet_distance(found, reference)
    print("{:21} precision {:.2f}, recall {:.2f}, ".format(name, *shares), end="")
    print(f"Fréchet distance {distance:.1f}")

# %% [markdown]
# One number again, and it does not say which of the two faults it has seen. Precision hides something of its own. How
# much of *pure noise* could be real? For comparison we compute it twice: with all balls, and without the largest
# twentieth of them.


# %%
def precisions(points, cloud, neighbours=3):
    """Precision with all balls, and without the largest twentieth."""
    _, near = metrics.nearest_neighbours(cloud, cloud, neighbours + 1)
    radii = near[:, neighbours]
    squares = (points**2).sum(axis=1)[:, None] - 2 * points @ cloud.T + (cloud**2).sum(axis=1)
    within = squares <= radii**2
    small = radii <= np.quantile(radii, 0.95)
    return within.any(axis=1).mean(), within[:, small].any(axis=1).mean()


pure_noise = spoilt_features["half of them noise"][COUNT // 2 :]
for name, points in (
    ("noise", pure_noise),
    ("generator, last step", fake_features[last]),
    ("real training pictures", spoilt_features["real training pictures"]),
):
    every, without = precisions(points, reference[:COUNT])
    print(
        f"{name:22} precision {every:.2f}, without the largest twentieth of balls {without:.2f}"
    )

alone = [
    metrics.precision_recall(reference[:COUNT], np.tile(picture, (4, 1)))[0]
    for picture in spoilt_features["real training pictures"][:20]
]
print("\none real picture, drawn again and again: precision", sorted(set(alone)))
print(f"real training pictures within reach of real test pictures: {every:.0%}")
assert set(alone) == {0.0, 1.0}

# %% [markdown]
# The last line is the promised count: the generator that draws one perfect picture has precision 1 with six real
# pictures out of seven, and 0 with the seventh, though each of them is as real as can be.
#
# A real picture that stands apart from all others has a large ball, and noise falls into it. The measure trusts every
# single real picture, the oddest most of all: one ball in twenty makes nearly all of the precision of noise.
# (Naeem and others, 2020, count in how many balls a fake lies, which mends this.)
#
# ## Learnt by heart
# Now the best generator of the day. It takes a latent $z$, turns it into a whole number, and hands out that training
# picture.


# %%
def copyist(latents):
    """A generator that knows the training set by heart: latents (N, 64) to images (N, 28, 28, 1)."""
    places = (np.abs(latents).sum(axis=1) * 1e6).astype(int) % len(garments.images_train)
    return garments.images_train[places]


latents = np.random.default_rng(8).standard_normal((COUNT, 64))
copies = copyist(latents)
candidates = {
    "our GAN": fakes[last],
    "copyist": copies,
    "copyist, darker": 0.9 * copies - 0.1,
    "copyist, one pixel to the right": np.roll(copies, 1, axis=2),
}
print(f"{'':32} Fréchet  kernel  precision  recall")
for name, images in candidates.items():
    found = network.features(images)
    precision, recall = metrics.precision_recall(reference[:COUNT], found)
    kernel = metrics.kernel_distance(found, reference[:COUNT])
    frechet = metrics.frechet_distance(found, reference)
    print(f"{name:32} {frechet:7.2f} {kernel:7.4f} {precision:9.2f} {recall:8.2f}")

# %% [markdown]
# By all four measures the copyist beats our GAN, by both distances by far, and by every sensible judgement it is
# worthless: it will never draw a garment that we do not have already. The scores compare with real *test* pictures,
# and training pictures are just as real. None of them asks where a picture came from.
#
# So ask. For every fake look for its nearest neighbour among the 60,000 training pictures, pixel by pixel. But how
# near is too near? For comparison take pictures which were certainly *not* copied: real test pictures, which nobody
# trained on. An honest generator should not be nearer to the training set than they are.

# %%
QUERIES = 200
queries = {"real test pictures": garments.images_test[:QUERIES]}
queries |= {name: images[:QUERIES] for name, images in candidates.items()}
nearest = {
    name: metrics.nearest_neighbours(each, garments.images_train)
    for name, each in queries.items()
}
for name, (_, found) in nearest.items():
    print(f"{name:32} median distance to the nearest training picture {np.median(found):5.2f}")

# %% fold="Draw fakes and their nearest training pictures"
figure, panels = plt.subplots(2, 1, figsize=(6.6, 3.2))
for axes, name in zip(panels, ("copyist, darker", "our GAN"), strict=True):
    pairs = np.concatenate(
        [queries[name][:12], garments.images_train[nearest[name][0][:12, 0]]]
    )
    axes.imshow(plots.tile(pairs, columns=12), cmap="gray", interpolation="nearest")
    axes.set_yticks([14, 44], ["fake", "nearest"])
    axes.set(
        title=f"{name}: above the fakes, below the nearest training picture", xlabel="pairs"
    )
    axes.set_xticks([])
    axes.grid(False)
plots.show(
    figure,
    alt="Two blocks of twelve pairs. In the upper block every fake stands above the same "
    "garment, only brighter. In the lower block the garment below is of the same kind as "
    "the fake, but differs in outline and pattern.",
)

# %% [markdown]
# ## Exercise 7: a test for copying
# Turn this into a test (Meehan and others, 2020). Let $a_1, \dots, a_n$ be the distances of $n$ fakes to their
# nearest training pictures, and $b_1, \dots, b_m$ those of $m$ held-out real pictures. Of all $n \cdot m$ pairs, in
# which **share** $u$ is the fake nearer, $a_i < b_j$? A tie counts one half. If fakes lie as
# held-out pictures do, $u$ is about $\frac12$, however near or far that is; a copyist gets close to 1. By chance
# alone $u$ strays, with variance $\frac{n +
# m + 1}{12\,n\,m}$ (that is the statistic of Mann and Whitney, 1947), so
#
# $$ c = \Big(u - \frac12\Big) \Big/ \sqrt{\frac{n + m + 1}{12\,n\,m}} $$
#
# says how many standard deviations it is off. Write `copying_test(fake, heldout)`, which returns `(u, c)`.


# %% role="exercise" grade_id="copying_test"
# Exercise 7
def copying_test(fake, heldout):
    """(u, c) from the distances of fakes (n,) and of held-out real pictures (m,) to the training set."""
    ### BEGIN SOLUTION
    nearer = fake[:, None] < heldout[None, :]
    tied = fake[:, None] == heldout[None, :]
    u = np.mean(nearer + 0.5 * tied)
    n, m = len(fake), len(heldout)
    return u, (u - 0.5) / math.sqrt((n + m + 1) / (12 * n * m))
    ### END SOLUTION


# %% role="check" grade_id="copying_test"
some, others = np.array([0.0, 1.0, 2.0, 5.0]), np.array([3.0, 2.0, 4.0, 6.0, 2.0])
checked_copying_test = check(
    7,
    "copying_test",
    cases=[
        ((some, others), (0.75, 1.2247449)),
        ((np.zeros(10), np.ones(6)), (1.0, 3.2539569)),
        ((np.ones(5), np.ones(7)), (0.5, 0.0)),
        ((others, some), (0.25, -1.2247449)),
    ],
    mistakes={
        "This counts the pairs in which the fake is farther: a copyist should get nearly 1.": [
            (0.25, -1.2247449),
            (0.0, -3.2539569),
            (0.5, 0.0),
            (0.75, 1.2247449),
        ],
        "A tie counts one half: two equal sets of distances should give u = 1/2.": [
            (0.7, 0.9797959),
            (1.0, 3.2539569),
            (0.0, -2.8419928),
            (0.2, -1.4696938),
        ],
        "Here a tie counts as a whole pair; it counts one half, so that equal sets give u = 1/2.": [
            (0.8, 1.4696938),
            (1.0, 3.2539569),
            (1.0, 2.8419928),
            (0.3, -0.9797959),
        ],
        "The sign is missing: c is negative where the fakes lie farther than held-out pictures.": [
            (0.75, 1.2247449),
            (1.0, 3.2539569),
            (0.5, 0.0),
            (0.25, 1.2247449),
        ],
        "u is right. c is u - 1/2 divided by the standard deviation, the root of the variance.": [
            (0.75, 6.0),
            (1.0, 21.176471),
            (0.5, 0.0),
            (0.25, -6.0),
        ],
        "u is right. Above the line the variance has n + m + 1.": [
            (0.75, 1.2909944),
            (1.0, 3.3541020),
            (0.5, 0.0),
            (0.25, -1.2909944),
        ],
        "u is right. The variance has 12 n m below the line.": [
            (0.75, 0.35355339),
            (1.0, 0.93933644),
            (0.5, 0.0),
            (0.25, -0.35355339),
        ],
    },
    hint="For u compare every fake with every held-out distance: fake[:, None] < heldout[None, :] is a table (n, m). "
    "If u is right, look at c: n counts the fakes, m the held-out pictures.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="copying_test" points=2
found = []
for least, count in (
    (0, 17),
    (4, 12),
):  # fakes that lie nearer than held-out pictures, and fakes that lie farther
    fake = random.integers(least, 12 + 2 * least, size=count).astype(float)
    found.append(copying_test(fake, random.integers(2, 14, size=23).astype(float)))
u, c = zip(*found, strict=True)
publish(u=u, c=c)

# %% [markdown]
# First, is $c$ what it claims to be? If fakes and held-out pictures come from the same density, its standard
# deviation must be 1. Your test judges 2,000 such pairs; a standard deviation from so many is good to $1/\sqrt{2 \cdot
# 2000}$, 1.6 %, and we allow four times that. Then its verdict on our candidates.

# %%
random = np.random.default_rng(seed=6)
null = [
    checked_copying_test(*np.split(random.exponential(size=70), [30]))[1] for _ in range(2000)
]
print(f"no copying: mean of c {np.mean(null):.2f}, standard deviation {np.std(null):.3f}")
assert abs(np.std(null) - 1) < 4 / math.sqrt(2 * 2000)

heldout = nearest["real test pictures"][1][:, 0]
for name in candidates:
    u, c = checked_copying_test(nearest[name][1][:, 0], heldout)
    print(f"{name:32} u = {u:.2f}, c = {c:6.1f}")

# %% [markdown]
# The copyist is caught, and so is the one who prints a little darker. Our GAN is not accused: its pictures lie
# *farther* from the training set than real ones do. (So far below 0, $c$ is no praise either. It says that these
# pictures are not yet like real ones.) But look at the last line. Shift every copy by a single pixel,
# and the test says "honest", although the score is still better than the GAN's. A test with nearest neighbours
# catches the disguises that its distance sees through, and no others.
#
# Once you suspect the disguise, the cure is easy: let the test undo it. We move every query by up to one pixel to
# either side and keep the smallest distance, for the held-out pictures just as for the fakes, so that the comparison
# stays fair.

# %%
QUERIES = 100


def nearest_with_shifts(images):
    found = [
        metrics.nearest_neighbours(
            np.roll(images[:QUERIES], shift, axis=2), garments.images_train
        )[1][:, 0]
        for shift in (-1, 0, 1)
    ]
    return np.min(found, axis=0)


heldout = nearest_with_shifts(garments.images_test)
for name in ("our GAN", "copyist, one pixel to the right"):
    u, c = checked_copying_test(nearest_with_shifts(candidates[name]), heldout)
    print(f"{name:32} u = {u:.2f}, c = {c:6.1f}")

# %% [markdown]
# Think of three more disguises (mirror images, cut-outs, a mixture of two pictures), and you see why "does it
# memorise?" has no final answer, for large models neither. What one can do: look at neighbours, in pixels *and* in
# features; compare with held-out data; and keep data that no generator has seen.
#
# ## Score against time
# Back to the training at the top. With all four measures we can ask what got better when. The seconds are those of
# two cores with nothing else to do.

# %%
report = pretrained.report()
history = {"Fréchet": [], "kernel": [], "precision": [], "recall": []}
for step in moments:
    precision, recall = metrics.precision_recall(reference[:COUNT], fake_features[step])
    history["Fréchet"].append(scores[step])
    history["kernel"].append(metrics.kernel_distance(fake_features[step], reference[:COUNT]))
    history["precision"].append(precision)
    history["recall"].append(recall)
best = spoilt_features["real training pictures"]
best_precision, best_recall = metrics.precision_recall(reference[:COUNT], best)

print(" steps  seconds  Fréchet  kernel  precision  recall")
for row in zip(moments, report["seconds"], *history.values(), strict=True):
    print("{:6,} {:8.1f} {:8.2f} {:7.3f} {:10.2f} {:7.2f}".format(*row))
best_kernel = metrics.kernel_distance(best, reference[:COUNT])
row = (distances["real training pictures"], best_kernel, best_precision, best_recall)
print("real pictures   {:8.2f} {:7.3f} {:10.2f} {:7.2f}".format(*row))
doublings = np.diff(np.log2(moments))
taken_off = [
    1 - (np.divide(history[name][1:], history[name][:-1])) ** (1 / doublings)
    for name in ("Fréchet", "kernel")
]
print(f"a doubling of the time takes off {np.min(taken_off):.0%} to {np.max(taken_off):.0%}")
_, without = precisions(fake_features[moments[0]], reference[:COUNT])
print(
    f"precision after {moments[0]} steps without the largest twentieth of balls: {without:.2f}"
)

# %% fold="Draw all four scores over the training"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6))
colours = {
    "Fréchet": "generator",
    "kernel": "discriminator",
    "precision": "real",
    "recall": "fake",
}
marks = {"Fréchet": "o-", "kernel": "s--", "precision": "o-", "recall": "s--"}
for name, values in history.items():
    axes = left if name in ("Fréchet", "kernel") else right
    axes.plot(
        report["seconds"],
        values,
        marks[name],
        color=plots.COLOURS[colours[name]],
        markersize=4,
        label=name,
    )
left.axhline(
    distances["real training pictures"],
    color=plots.COLOURS["generator"],
    linestyle=":",
    label="Fréchet of real pictures",
)
left.set(
    title="Distance from real",
    xlabel="seconds of training",
    ylabel="distance",
    xscale="log",
    yscale="log",
)
left.set_yticks([0.03, 0.1, 0.3, 1, 3, 10, 30], ["0.03", "0.1", "0.3", "1", "3", "10", "30"])
for share, role, style, name in (
    (best_precision, "real", ":", "precision"),
    (best_recall, "fake", "-.", "recall"),
):
    right.axhline(
        share, color=plots.COLOURS[role], linestyle=style, label=f"{name} of real pictures"
    )
right.set(
    title="Precision and recall",
    xlabel="seconds of training",
    ylabel="share",
    xscale="log",
    ylim=(0, 1),
)
for axes in (left, right):
    axes.legend(fontsize=8)
    axes.minorticks_off()
    axes.set_xticks(
        report["seconds"], [f"{second:g}" for second in report["seconds"]], rotation=45
    )
plots.show(
    figure,
    alt="Left, logarithmic axes: the Fréchet and the kernel distance fall steadily over the "
    "training; the dotted line, the Fréchet distance of real pictures, lies far below the curve "
    "of the Fréchet distance. Right: precision falls from 0.74 to 0.39 and then rises to 0.77, recall rises "
    "from 0 to 0.70; the level lines of real pictures lie above both, near 0.87.",
)

# %% [markdown]
# Both distances fall to the end, nearly in straight lines on these axes: every *doubling* of the time takes off
# between 20 and 42 %, so the first seconds bring more than the last minute. No loss curve would have told you (lesson
# 6).
#
# The right-hand panel says what the distances cannot. First, a warning: after 50 steps precision is 0.74, for grey
# blots! You know why: they fall into the large balls of the oddest real pictures, as the noise did. Recall, which is
# 0 there, gives them away, so never read one of the two alone. From 200 steps on both rise. At the end, which of them
# is further from its level line? Recall: three in ten real garments are still out of the generator's reach, where
# as many real pictures leave out one in eight. And the honest end of each scale is not 0 or 1 but the last row of the
# table, what real pictures score.
#
# When would you have stopped? There is no rule but this: decide beforehand on the score, the count, the reference and
# the features, measure often, and look at the pictures each time.

# %% [markdown]
# ## In papers: FID, KID and IS
# Photographs are scored in the features of **Inception-v3**, a network that was trained on the 1.3 million
# photographs of ImageNet to name a thousand things: 2,048 numbers a picture, from the layer before its last. In these
# features the Fréchet distance is called **FID** (Heusel and others, 2017) and the kernel distance of degree 3
# **KID** (Bińkowski and others, 2018). Numbers in other features live on another scale, so *our scores are never to
# be compared with a FID*.
#
# Why does one read "FID of 50,000 samples"? Because of the bias, and of a lower limit below which the covariance is
# not even complete: the $N$ deviations from a mean add up to 0, so they span $N - 1$ dimensions at most. A covariance
# of $N \le d$ pictures has a **rank** below $d$: in some directions the cloud is flat, and every real picture counts
# as missing there. With Inception that begins at 2,048 pictures, with ours at 64:

# %%
for count in (20, 64, 65, 1000):
    few = spoilt_features["real training pictures"][:count].astype(float)
    rank = np.linalg.matrix_rank(np.cov(few, rowvar=False))
    score = metrics.frechet_distance(few, reference)
    print(f"{count:5,} real pictures: rank {rank} of 64, Fréchet distance {score:6.2f}")
    assert rank == min(count - 1, 64)

# %% [markdown]
# The rank says where the cloud becomes flat. The score has no step there: what one sees in it is the bias, which falls
# all the way.
#
# KID is quoted as **mean and spread over subsets**, often a hundred of 1,000 pictures each. With your function, on
# twenty subsets of 100 fakes and 100 real pictures that have no picture in common. The spread says how uncertain *one*
# subset is. The mean of $s$ separate subsets is uncertain by $1/\sqrt s$ of it, so papers' "±" is not an error of their
# mean. And since the estimate is unbiased, the mean must agree with the score of all 2,000 at once; we allow four of
# its errors.

# %%
subsets = zip(np.split(fake_features[last], 20), np.split(reference[:COUNT], 20), strict=True)
kid = [
    checked_polynomial_distance(fake.astype(float), real.astype(float), 3)
    for fake, real in subsets
]
error = np.std(kid, ddof=1) / np.sqrt(20)
print(
    f"KID, in our features: {np.mean(kid):.3f} ± {np.std(kid, ddof=1):.3f}, the mean to within {error:.3f}"
)
print(f"all {COUNT:,} at once: {history['kernel'][-1]:.3f}")
assert abs(np.mean(kid) - history["kernel"][-1]) < 4 * error

# %% [markdown]
# Older papers give the **inception score**, IS (Salimans and others, 2016). It takes not features but the probabilities
# $p(y \mid x)$ that a classifier gives to the classes $y$ of a picture $x$, and their mean $p(y)$ over all pictures:
#
# $$ \mathrm{IS} = \exp\Big( E_x\, \mathrm{KL}\big(p(y \mid x)\, \big\|\, p(y)\big) \Big) , $$
#
# high where each picture is surely *something* and all classes occur, at most the number of classes. Note what is not
# in the formula: real pictures. **Predict first:** with our own classifier of ten garments, which scores highest: real
# pictures, our generator, or ten pictures, one of each class, drawn two hundred times each?


# %% role="spoiler" fold="Three inception scores"
def inception_score(probabilities):
    """exp of the mean KL(p(y|x) || p(y)), for class probabilities (N, classes)."""
    kept = np.maximum(probabilities, 1e-12)  # 0 log 0 = 0
    return np.exp(np.mean(np.sum(kept * np.log(kept / kept.mean(axis=0)), axis=1)))


assert abs(inception_score(np.eye(10)) - 10) < 1e-6  # ten sure pictures of ten classes
assert abs(inception_score(np.full((5, 10), 0.1)) - 1) < 1e-6  # never sure of anything

sure = network.probabilities(garments.images_test[:COUNT])
ten = sure[sure.argmax(axis=0)]  # for each class the picture that shows it most surely
for name, probabilities in (
    ("real test pictures", sure),
    ("our generator", network.probabilities(fakes[last])),
    ("ten pictures, 200 times each", np.repeat(ten, 200, axis=0)),
):
    print(f"{name:29} inception score {inception_score(probabilities):5.2f} of at most 10")

# %% [markdown]
# Ten pictures, told apart and drawn for ever, get full marks, more than real garments, of which a few are hard to name.
# The score does not see that there is but one pair of trousers, nor would it mind if no trousers in the world looked
# so. Read it in old papers, and use FID or KID.
#
# And your own photographs? The next cell scores a folder of fakes against a folder of real ones by all three, as papers
# do. It uses [torch-fidelity](https://github.com/toshas/torch-fidelity), which takes great care to give the same
# numbers as the first programs; that matters, since another way of shrinking the pictures already moves a FID (Parmar
# and others, 2022). The library needs PyTorch and Inception's weights, which the course does not bring along. Where
# something is missing the cell says what, and goes on.

# %%
import importlib.util
from pathlib import Path

REAL, FAKE = Path("photographs/real"), Path("photographs/fake")  # yours: PNG or JPEG files
WEIGHTS = "weights-inception-2015-12-05-6726825d.pth"  # as torch-fidelity calls Inception's


def count_pictures(folder):
    return sum(path.suffix.lower() in (".png", ".jpg", ".jpeg") for path in folder.rglob("*"))


def what_is_missing():
    """Why the scores of papers cannot be computed here, in one line; "" if they can."""
    if importlib.util.find_spec("torch_fidelity") is None:
        return "torch-fidelity is not installed (pip install torch-fidelity, some gigabytes)"
    import torch

    if not (Path(torch.hub.get_dir()) / "checkpoints" / WEIGHTS).exists():
        return f"{WEIGHTS} is not here (torch-fidelity fetches it, 96 MB, when first used)"
    if min(count_pictures(REAL), count_pictures(FAKE)) < 10:
        return f"there are not ten pictures each in {REAL} and {FAKE}"
    return ""


if missing := what_is_missing():
    print(f"FID, KID and IS are skipped: {missing}.")
else:
    import torch
    import torch_fidelity

    fewest = min(count_pictures(REAL), count_pictures(FAKE))
    found = torch_fidelity.calculate_metrics(
        input1=str(FAKE),
        input2=str(REAL),
        samples_find_deep=True,
        **{"fid": True, "kid": True, "isc": True},
        kid_subset_size=min(1000, fewest // 2),
        cuda=torch.cuda.is_available(),
        verbose=False,
    )
    for name, value in found.items():
        print(f"{name:34} {value:9.4f}")
    if fewest <= 2048:
        print(
            f"With {fewest} pictures Inception's covariance is not complete: trust the KID only."
        )

# %% [markdown]
# ## What we saw
# - Twenty answers are few: 14 right may be luck. An interval says what a score allows; the textbook formula promises
#   too much.
# - The Fréchet distance is the cost of the best plan between two Gaussians: means, sizes and directions. It is blind
#   beyond the second moment.
# - It is biased: two samples of the same thing score about $C / n$, and $C$ can be predicted. Compare equal counts
#   only. The kernel distance, without pairs of a point with itself, is right on average at any count, and sees third
#   moments.
# - Precision asks whether fakes are plausible, recall whether everything is reached. You have built each without the
#   other. A few odd real pictures can lend precision to noise.
# - A copyist scores like real pictures. Nearest neighbours, compared with held-out pictures, catch it, unless it is
#   disguised.
# - Every score lives in its features. Say which, how many pictures, and against what. In Inception's features, for
#   photographs, the two distances are called FID and KID.
#
# ## Quiz
#
# <details><summary>1. A friend reports a Fréchet distance of 4.1 with 1,000 fakes, you have 3.9 with 10,000. Whose
# generator is better?</summary> Nobody can say. In our features the excess is about 270 / 1,000 + 270 / 10,000 =
# 0.30 for your friend (fakes and test pictures), and 0.05 for you. Take it off, and 3.80 stands against 3.85. Score
# both with equally many.</details>
#
# <details><summary>2. Your kernel distance comes out as -0.0004. Is there a bug?</summary>
# No. The estimate is unbiased, so where the truth is 0 its *mean* is 0, and it must often be negative: 54 % of our
# 500 pairs of samples gave less than 0, for a few large values on the other side make up for many small ones. It
# means: not distinguishable from 0 with so many pictures.</details>
#
# <details><summary>3. A generator draws perfect pictures of nine classes and never a bag. What do precision, recall
# and the Fréchet distance say?</summary>
# Precision is as for real pictures. Recall falls, by up to a tenth, for bags are out of reach. The Fréchet distance
# rises, but does not say why. (We tried it: 2,000 real training pictures score 0.86, 0.87 and 0.15, and without bags
# 0.86, 0.80 and 3.4.)</details>
#
# <details><summary>4. Seventeen of twenty right in the blind test. Somebody else: eighty-five of a hundred. Same
# share; same conclusion?</summary>
# Both can tell real from fake. But the exact intervals are 0.62 to 0.97 and 0.76
# to 0.91: the second knows far better how well.</details>
#
# <details><summary>5. Why is the distance to the nearest training picture compared with that of held-out pictures,
# and not with a fixed limit?</summary>
# How near neighbours lie depends on the data: trousers are all alike, bags are
# not. Held-out pictures show what is usual without copying.</details>
#
# ## Where next
# Lesson 8 breaks GANs in every usual way and lets you find the fault from curves and samples; these measures are
# among its instruments. Lesson 9 uses them to compare remedies. Or score your own generator from lesson 6:
# `metrics.frechet_score(gan.sample(2000))`.
#
# ## References
# - M. Heusel and others, *GANs trained by a two time-scale update rule converge to a local Nash equilibrium*, NeurIPS
#   2017, arXiv:1706.08500. The part on the performance measure, and the figure of disturbed pictures.
# - T. Salimans and others, *Improved techniques for training GANs*, NeurIPS 2016, arXiv:1606.03498. Section 4: the
#   inception score. What is wrong with it: S. Barratt, R. Sharma, *A note on the inception score*, 2018,
#   arXiv:1801.01973.
# - G. Parmar, R. Zhang, J.-Y. Zhu, *On aliased resizing and surprising subtleties in GAN evaluation*, CVPR 2022,
#   arXiv:2104.11222. Why two programs give two FIDs of the same pictures.
# - D. Dowson, B. Landau, *The Fréchet distance between multivariate normal distributions*, Journal of Multivariate
#   Analysis 12, 1982. Six pages, with another proof of the formula.
# - M. Bińkowski and others, *Demystifying MMD GANs*, ICLR 2018, arXiv:1801.01401. Section 4: the kernel distance, and
#   why the Fréchet distance has no unbiased estimator.
# - A. Gretton and others, *A kernel two-sample test*, Journal of Machine Learning Research 13, 2012. Lemma 6.
# - M. Chong, D. Forsyth, *Effectively unbiased FID and Inception Score and where to find them*, CVPR 2020,
#   arXiv:1911.07023. The straight line over $1/n$.
# - T. Kynkäänniemi and others, *Improved precision and recall metric for assessing generative models*, NeurIPS 2019,
#   arXiv:1904.06991. Section 2.
# - M. F. Naeem and others, *Reliable fidelity and diversity metrics for generative models*, ICML 2020,
#   arXiv:2002.09797. Section 2: what an odd picture does to precision, with density and coverage as a cure.
# - C. Meehan, K. Chaudhuri, S. Dasgupta, *A non-parametric test to detect data-copying in generative models*, AISTATS
#   2020, arXiv:2004.05675. Exercise 7, done in every region of the data.
# - R. Bhattacharjee, S. Dasgupta, K. Chaudhuri, *Data-copying in generative models: a formal framework*, ICML 2023,
#   arXiv:2302.13181. The introduction: copying so plain that anybody sees it, and a test that does not.
# - E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American
#   Statistical Association 22, 1927. C. Clopper, E. Pearson, *The use of confidence or fiducial limits illustrated in
#   the case of the binomial*, Biometrika 26, 1934. H. Mann, D. Whitney, *On a test of whether one of two random
#   variables is stochastically larger than the other*, Annals of Mathematical Statistics 18, 1947.
# - A. Borji, *Pros and cons of GAN evaluation measures*, 2018, arXiv:1802.03446. A survey of two dozen more.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** As the first cell says, second reading not counted: 25 minutes for the blind test and exercise 1, 30 for
# the Fréchet distance with exercises 2 and 3, 20 for the kernel distance and exercise 4, 20 for the bias and exercise
# 5, 25 for precision, recall and copying, 10 for what papers print. Exercise 6 is good homework. With 50 minutes,
# leave out exercises 1 and 3.
#
# **In class** let everybody do the blind test on their own seed (`RealOrFake(..., seed=number in the list)`) and put
# the scores on the board: their spread is the binomial, and the pooled score has a short interval.
#
# **Usual misconceptions.**
#
# - "Ten of each would be fairer." Then answers are not independent and counting helps.
# - "A 95 % interval holds p with probability 95 %, given my score." It is the method that holds in 95 % of all tests.
# - "The Fréchet distance of real pictures is 0." Only in the limit.
# - "Unbiased means exact." Exercise 4 in class: compute it twenty times with ten points.
# - "Precision is the classifier's precision." Same name, another thing.
# - "A low nearest-neighbour distance proves copying." A blurred generator lies near everything, for blurring takes
#   away what makes pictures differ. Look at the pairs.
#
# **Ask.**
#
# - "Why does bias grow with the number of features?" (Pairs: some d^2 of chance correlations. With 2,048 features and
#   2,048 pictures the covariance is not even of full rank.)
# - "Could the discriminator serve as a judge?" (It knows this generator's weaknesses and no other's.)
# - "What would you report in a paper?" (Count, features, reference set, seed or spread, and pictures not chosen by
#   hand.)
