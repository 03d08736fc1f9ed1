# %% [markdown]
# # 13. Words
# Give a GAN letters instead of pixels, and nothing moves. A letter is chosen, not mixed: between *a* and *b* there is
# nothing, so the judge's opinion has no slope that the writer could follow. In this lesson you see where the gradient
# dies, compute the right one where the alphabet is small enough, and derive three ways round it, each with its price.
# Then a GAN names tunes: it learns from the titles of lesson 12's collection, beside an n-gram, a recurrent network
# and one block of attention that get the same time. Somebody wins, and is named.
#
# **You will be able to**
#
# - show where the gradient of a chosen letter is lost, and derive the exact gradient that one would like to have;
# - derive the score function, Gumbel-softmax and straight-through, and repair programs in which they are wrong;
# - say what bias, variance and price do to an estimator, and choose one for a budget;
# - train a GAN on titles without the three faults that such programs are printed with;
# - compare writers by measures that cannot be cheated by silence, noise or repetition, and say who wins.
#
# **Time:** {minutes} minutes, six exercises included. All cells together run in under three minutes. **Assumed:**
# NumPy, a first Keras course, the game of lesson 3, bits and n-grams as in lesson 12. What is used of lesson 10 is
# said again.
#
# **Notation.** An alphabet of $K$ letters; a writer has a **logit** $\theta_k$ for each, and writes letter $c$ with
# the probability $\pi_c$, $\pi = \mathrm{softmax}(\theta)$. D reads a letter as $e_c$, zeros with a single 1 at place
# $c$, and its verdict, the higher the better, is $h(e_c) = f_c$. Logarithms are natural where nothing else is said.

# %% role="setup"
import itertools
import math
import re
import textwrap

import numpy as np

from course_lib.checks import check


def softmax(logits):
    """Probabilities along the last axis."""
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% [markdown]
# ## Where we are going
# Five writers, six names of tunes each. One lot is real: titles that no model has seen. The others were made by a
# model that counts, a recurrent network, one block of attention, and a GAN, each after the same short time. (A script
# in the repository, `data/make_titles.py`, let them write, and made the tables of this lesson.)

# %% fold="Show five lots of titles"
from course_lib.datasets import texts
from course_lib.datasets.tables import read_rows, read_table

split = texts.split(texts.load_titles())
drawn_by = {"real": list(split.test)}
for row in read_rows("titles_drawn.csv"):
    drawn_by.setdefault(row["model"], []).append(row["title"])
lots = {
    letter: (name, np.random.default_rng(place).permutation(drawn_by[name])[:6])
    for place, (letter, name) in enumerate(
        zip(
            "ABCDE",
            ("recurrent", "gan_straight_through", "real", "attention", "n-gram"),
            strict=True,
        )
    )
}
for letter, (_, lot) in lots.items():
    print(textwrap.fill(f"{letter}: {'; '.join(lot)}", 90, subsequent_indent="   "))

# %% [markdown]
# **Predict first.** Which lot is which? Write down five letters. Which two are hardest to tell apart?

# %% role="spoiler"
print({letter: name for letter, (name, _) in lots.items()})

# %% [markdown]
# ## A letter has no slope
# In lesson 4 the way to learn was open from end to end: D's verdict depends smoothly on the picture, and the picture
# on G's weights. A writer's last step is another one. It takes the largest logit, or draws by the probabilities, and
# hands over the letter. Three letters, *a*, *e* and *i*; the writer prefers *a*, and D likes *i* best. We push the
# logit of *i* up, a little at a time.

# %% tags=["nbval-check-output"]
theta, verdicts = np.array([1.0, 0.4, -0.2]), np.array([0.0, 1.0, 2.0])
for push in (0, 0.001, 0.01, 0.1, 1, 1.1, 1.3):
    pushed = theta + push * np.eye(3)[2]
    chosen = np.argmax(pushed)
    expected = softmax(pushed) @ verdicts
    print(
        f"push {push:<6} writes {'aei'[chosen]}, D says {verdicts[chosen]:.0f}; on average, if drawn: {expected:.4f}"
    )

# %% [markdown]
# The verdict does not move, does not move, and jumps. Its slope is 0 wherever it has one, and a network that is told
# "0" learns nothing. (A draw is no better: with the dice in hand, it too stays or jumps.) But look at the last
# column. *On average over the draws* the verdict rises smoothly from the first push on.
#
# The same pushes as a picture. The three probabilities add up to 1, so they are a point in a triangle whose corners
# are the letters: in the corner *i* the writer is sure of *i*. Dotted lines part the regions in which one letter has
# the largest logit.

# %% fold="Draw the way of the probabilities, and both verdicts"
import matplotlib.pyplot as plt

from course_lib import plots

plots.use_course_style()
corners = np.array([[0, 0], [1, 0], [0.5, 0.75**0.5]])


def draw_triangle(axes, title):
    """The triangle of three letters' probabilities, its corners named."""
    axes.plot(*corners[[0, 1, 2, 0]].T, color=plots.COLOURS["neutral"], linewidth=1)
    axes.plot(*corners.T, plots.MARKERS["real"], color=plots.COLOURS["real"], markersize=10)
    for letter, corner, down in zip("aei", corners, (-0.12, -0.12, 0.07), strict=True):
        axes.text(corner[0], corner[1] + down, letter, ha="center")
    axes.set(title=title, aspect="equal", xlim=(-0.12, 1.12), ylim=(-0.18, 1.05))
    axes.set_axis_off()


pushes = np.linspace(0, 4, 401)
logits = theta + pushes[:, None] * np.eye(3)[2]
way = softmax(logits)
choices = verdicts[np.argmax(logits, axis=1)]
figure, (triangle, axes) = plt.subplots(1, 2, figsize=(8.8, 3.4))
draw_triangle(triangle, "A push is a step in the triangle")
for side in range(3):
    middle = (corners[side] + corners[side - 1]) / 2
    border = np.array([corners.mean(axis=0), middle])
    triangle.plot(*border.T, ":", color=plots.COLOURS["neutral"], linewidth=1)
generator = {"color": plots.COLOURS["generator"]}
triangle.plot(*(way @ corners).T, "--", **generator)
for place in range(0, 401, 100):
    spot = way[place] @ corners
    triangle.plot(*spot, plots.MARKERS["generator"], **generator)
    triangle.annotate(f"{pushes[place]:.0f}", spot, textcoords="offset points", xytext=(9, -4))
for label, height, style, role in (
    ("of the likeliest letter", choices, "-", "discriminator"),
    ("mean of letters drawn", way @ verdicts, "--", "generator"),
):
    axes.plot(pushes, height, linestyle=style, color=plots.COLOURS[role], label=label)
axes.set(
    title="One verdict jumps, the other climbs",
    xlabel="push on the logit of i",
    ylabel="D's verdict",
    ylim=(-0.1, 2.1),
)
axes.legend(loc="lower right")
plots.show(
    figure,
    alt="Left, a triangle with the corners a, e and i, parted into three regions. A dashed line runs straight from the "
    "region of a towards the corner i, with marks at the pushes 0 to 4; it crosses the border just after 1. Right, two "
    "verdicts over the push: that of the likeliest letter is 0, jumps to 2 at 1.2 and stays; the mean over letters "
    "drawn rises smoothly from 0.6 to nearly 1.9.",
)

# %% [markdown]
# The point moves with every push, and the likeliest letter notices one moment of the whole way, the border. The mean
# verdict notices every step. So this is what a writer should climb,
#
# $$ V(\theta) = E_{c \sim \pi}[f_c] = \sum_k \pi_k f_k, \qquad
#    \frac{\partial \pi_k}{\partial \theta_j} = \pi_k (\delta_{jk} - \pi_j) \;\;\Rightarrow\;\;
#    \frac{\partial V}{\partial \theta_j} = \pi_j \big( f_j - V \big) . $$
#
# ($\delta_{jk}$ is 1 for $j = k$ and else 0.) A letter's logit is pushed up if D likes it better than the average, and
# the more the more often it is written. The pushes add up to 0: raising all logits alike changes nothing. The cell
# compares the formula with quotients, whose error is of the order of the step's square.


# %% tags=["nbval-check-output"]
def exact_gradient(theta, verdicts):
    """d E[f] / d theta of one letter, (K,)."""
    pi = softmax(theta)
    return pi * (verdicts - pi @ verdicts)


step = 1e-4
quotients = [
    (softmax(theta + way) @ verdicts - softmax(theta - way) @ verdicts) / (2 * step)
    for way in step * np.eye(3)
]
exact = exact_gradient(theta, verdicts)
print("formula  ", *(f"{each:9.6f}" for each in exact), f"  sum {abs(exact.sum()):.1f}")
print("quotients", *(f"{each:9.6f}" for each in quotients))
assert np.allclose(exact, quotients, atol=step**2)

# %% [markdown]
# Then why is this lesson longer than a page? Because a title is not one letter. There are as many terms in the sum as
# there are titles, for 20 letters from an alphabet of 40 about $10^{32}$, and D would have to read them all. For
# *two* letters it can be done.
#
# ## Exercise 1: the exact gradient of a word
# Words of two letters. The first has the logits `first` $(K,)$. The second depends on it, as in lesson 12's models:
# after letter $k$ it has the logits `following[k]`, row $k$ of a table $(K, K)$. D says `values[k, j]` of the word
# $kj$. Let $\pi$ be the probabilities of the first letter and $p_{kj}$ those of $j$ after $k$; then
# $V = \sum_{kj} \pi_k\, p_{kj}\, f_{kj}$. Write `word_gradient(first, following, values)`: the pair
# $\partial V / \partial$`first`, $(K,)$, and $\partial V / \partial$`following`, $(K, K)$. Think of what a first
# letter is worth before the second is written.


# %% role="exercise" grade_id="word_gradient"
# Exercise 1
def word_gradient(first, following, values):
    """d E[values] / d first (K,) and d E[values] / d following (K, K), as a pair."""
    ### BEGIN SOLUTION
    pi, p = softmax(first), softmax(following)
    worth = np.sum(p * values, axis=1)  # of each first letter
    by_first = pi * (worth - pi @ worth)
    by_following = pi[:, None] * p * (values - worth[:, None])
    return by_first, by_following
    ### END SOLUTION


# %% role="check" grade_id="word_gradient"
def mean_verdict(first, following, values):
    return float(np.sum(softmax(first)[:, None] * softmax(following) * values))


def gradient_by_quotients(first, following, values):
    tiny, found = 1e-5, []
    for place, logits in enumerate((first, following)):
        slopes = np.zeros(logits.shape)
        for index in np.ndindex(logits.shape):
            sides = []
            for sign in (1, -1):
                moved = [np.array(first, float), np.array(following, float)]
                moved[place][index] += sign * tiny
                sides.append(mean_verdict(*moved, values))
            slopes[index] = (sides[0] - sides[1]) / (2 * tiny)
        found.append(slopes)
    return tuple(found)


def word_gradient_with(worth="known", centred=True, reached=True, own=True):
    """The pair, or with one of the usual faults."""

    def wrong(first, following, values):
        pi, p = softmax(first), softmax(following)
        right = np.sum(p * values, axis=1)
        of_first = {"known": right, "even": values.mean(axis=1), "sum": values.sum(axis=1)}[
            worth
        ]
        by_first = pi * (of_first - (pi @ of_first if centred else 0))
        level = right[:, None] if own else pi @ right
        weight = pi[:, None] if reached else 1.0
        return by_first, weight * p * (values - (level if centred else 0))

    return wrong


def some_word(seed, K):
    random = np.random.default_rng(seed)
    return random.normal(size=K), random.normal(size=(K, K)), random.normal(1, 2, size=(K, K))


word_cases = [some_word(0, 2), some_word(1, 3), some_word(2, 5)]
checked_word_gradient = check(
    1,
    "word_gradient",
    cases=[(case, gradient_by_quotients(*case)) for case in word_cases],
    mistakes={
        "A first letter is worth the mean verdict of what follows it, and that is weighted by p, not even.": (
            word_gradient_with(worth="even")
        ),
        "A first letter is worth a mean of verdicts weighted by p; this adds them up.": word_gradient_with(
            worth="sum"
        ),
        "The average is missing: a push is probability times (verdict - average), in each softmax.": word_gradient_with(
            centred=False
        ),
        "Row k of `following` is used only when the first letter is k: it counts with the probability of that.": (
            word_gradient_with(reached=False)
        ),
        "In row k the average to compare with is that after letter k, not that of all words.": word_gradient_with(
            own=False
        ),
    },
    hint="Each of the two is the formula of one letter, probability times (verdict - average). Ask: what is the "
    "verdict here, what is the average, and how often does it come to this choice at all?",
    tolerance=1e-5,  # the quotients are exact to some 1e-9
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="word_gradient" points=2
for case in range(3):
    K = int(random.integers(3, 7))
    first, following = random.normal(size=K), random.normal(size=(K, K))
    values = random.normal(1, 2, size=(K, K))
    by_first, by_following = word_gradient(first, following, values)
    publish(**{f"first_{case}": by_first, f"following_{case}": by_following})

# %% [markdown]
# Seven letters make 49 words of two, and eleven of them are English. D says 1 to these and 0 to the others. Let a
# writer who begins with all words equally likely climb your gradient, 3,000 steps.
#
# **Predict first.** What share of its words will be English in the end? And how many of the eleven will it still use:
# all, some of them, one? If some: which?

# %% role="spoiler" fold="Climb your exact gradient"
LETTERS = "aimnost"
ENGLISH = ("am", "an", "as", "at", "in", "is", "it", "no", "on", "so", "to")
values = np.array([[float(one + two in ENGLISH) for two in LETTERS] for one in LETTERS])
first, following = np.zeros(7), np.zeros((7, 7))
for step in range(3001):
    if step in (0, 30, 300, 3000):
        chances = softmax(first)[:, None] * softmax(following)
        used = math.exp(-np.sum(chances * np.log(chances)))
        print(
            f"step {step:4}: {np.sum(chances * values):6.1%} English, as varied as {used:4.1f} words"
        )
    pushes = checked_word_gradient(first.copy(), following.copy(), values.copy())
    first, following = first + pushes[0], following + pushes[1]
likely = sorted(
    ((chances[k, j], LETTERS[k] + LETTERS[j]) for k, j in np.ndindex(7, 7)), reverse=True
)
print(", ".join(f"{word} {share:.0%}" for share, word in likely[:7]))

# %% [markdown]
# (*As varied as* counts words by their entropy $H$: $e^H$, lesson 12's perplexity.) It spells without fault, and uses
# four of the eleven words: those with *a*, the first letter with the most English words behind it. It was pushed
# hardest from the first step on, and nothing pulls the others back. An expected verdict is 1 for *any* mix of good
# words: it asks for quality and never for variety. In a GAN variety has to come from D, which learns what is written
# too often and marks it down. Keep that in mind: it is the second reason why text resists GANs.
#
# ## The first way: ask for the score
# Exchange the sum for draws. Since $\nabla \pi_k = \pi_k \nabla \log \pi_k$, and $\log \pi_c = \theta_c - \log \sum_j
# e^{\theta_j}$,
#
# $$ \nabla V = \sum_k f_k\, \nabla \pi_k = E_{c \sim \pi}\big[ f_c\, \nabla \log \pi_c \big], \qquad
#    \nabla \log \pi_c = e_c - \pi . $$
#
# This is **REINFORCE** (Williams, 1992), lesson 10's score function: draw a letter, push its logit up by what D said.
# For a word, $\log$ of the probability is a sum over its letters, and so every letter is pushed by the verdict on the
# whole word. It needs numbers from D, no slopes: D might be a person. Since $E[e_c - \pi] = 0$, one may subtract a
# **baseline** $b$ from $f$ that does not depend on $c$. For one draw, mean and variance (added up over the letters)
# are
#
# $$ E[\hat g] = \sum_k \pi_k (f_k - b)(e_k - \pi), \qquad
#    \mathrm{Var}[\hat g] = \sum_k \pi_k (f_k - b)^2\, |e_k - \pi|^2 - |\nabla V|^2 , $$
#
# a parabola in $b$, lowest at $b^\star = \sum_k \pi_k |e_k - \pi|^2 f_k \,/ \sum_k \pi_k |e_k - \pi|^2$. With three
# letters both are short sums, and no draw is needed to know them; the last column draws all the same.
#
# **Predict first.** Add 100 to all three verdicts. What happens to the exact gradient? And to the variance of
# REINFORCE without a baseline?


# %% role="spoiler" fold="Compute the variance for three baselines, and with 100 added"
def reinforce_in_full(theta, verdicts, baseline):
    """Mean (K,) and total variance of one draw's REINFORCE, by adding up all letters."""
    pi = softmax(theta)
    scores = np.eye(len(theta)) - pi  # row k: e_k - pi
    mean = (pi * (verdicts - baseline)) @ scores
    square = np.sum(pi * (verdicts - baseline) ** 2 * np.sum(scores**2, axis=1))
    return mean, square - mean @ mean


random = np.random.default_rng(0)
pi = softmax(theta)
draws = random.choice(3, size=100_000, p=pi)
lengths = np.sum((np.eye(3) - pi) ** 2, axis=1)
for added in (0, 100):
    f = verdicts + added
    best = np.sum(pi * lengths * f) / np.sum(pi * lengths)
    print(
        f"verdicts {f}, exact gradient", *(f"{each:.4f}" for each in exact_gradient(theta, f))
    )
    for name, b in (("none", 0), ("the mean verdict", pi @ f), ("the best, b*", best)):
        mean, variance = reinforce_in_full(theta, f, b)
        assert np.allclose(mean, exact_gradient(theta, f))
        drawn = (f[draws] - b)[:, None] * (np.eye(3)[draws] - pi)
        print(
            f"  baseline {name:17} variance {variance:10.4f}, drawn {drawn.var(axis=0).sum():10.4f}"
        )

# %% [markdown]
# The gradient stays, and the variance is nearly eight thousand times what it was: REINFORCE without a baseline hears
# every constant. With one it hears none. The mean verdict is not the best baseline, but close to it, and it is
# easy to come by.
#
# ## Exercise 2: repair a policy gradient
# In this program words have up to `places` letters, and each place has logits of its own: `logits` $(T, K)$. Letter 0
# is the end: a word stops with its first 0, and what stands after it was drawn but is never read, by nobody.
# `letters` $(n, T)$ are $n$ words, `rewards` $(n,)$ what D said of each. The result, $(T, K)$, estimates the
# direction *up*, the mean over the words of
#
# $$ \big( r_i - b_i \big)\, \big( e_{c_{it}} - \pi_t \big) \quad \text{where place } t \text{ of word } i
#    \text{ is read, else } 0, $$
#
# with $b_i$ the mean of the *other* words' rewards: with its own reward in it, a baseline depends on the draw, and
# bends the estimate (lesson 10). The end itself was a choice, too, and counts. Three things below are wrong.


# %% role="exercise" grade_id="policy_gradient"
# Exercise 2
def policy_gradient(logits, letters, rewards):
    """An estimate (T, K) of d E[reward] / d logits from n words: letters (n, T), 0 = end, and rewards (n,)."""
    ### BEGIN BROKEN
    # scores = softmax(logits) - np.eye(logits.shape[1])[letters]
    # baselines = rewards.mean()
    # read = np.ones(letters.shape)
    # weights = (rewards - baselines)[:, None] * read
    # return np.mean(weights[:, :, None] * scores, axis=0)
    ### END BROKEN
    ### BEGIN SOLUTION
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    baselines = (rewards.sum() - rewards) / (len(rewards) - 1)
    ends = np.cumsum(letters == 0, axis=1)
    read = ends - (letters == 0) == 0  # no end before this place
    weights = (rewards - baselines)[:, None] * read
    return np.mean(weights[:, :, None] * scores, axis=0)
    ### END SOLUTION


# %% role="check" grade_id="policy_gradient"
def policy_gradient_with(
    down=False,
    own=False,
    padding=False,
    no_end=False,
    per_letter=False,
    baseline="mean",
    read="up to the end",
    summed=False,
):
    """The estimate, word by word, with faults."""

    def estimate(logits, letters, rewards):
        total, count = np.zeros(logits.shape), len(rewards)
        for i in range(count):
            others = rewards if own else np.delete(rewards, i)
            word, length = letters[i], letters.shape[1]
            stop = next((t for t in range(length) if word[t] == 0), length)
            last = length if padding else stop if no_end else min(stop + 1, length)
            places = {
                "up to the end": list(range(last)),
                "no zeros": [t for t in range(length) if word[t] != 0],
                "to the second end": [
                    t for t in range(length) if np.sum(word[: t + 1] == 0) <= 1
                ],
            }[read]
            b = {"mean": others.mean(), "none": 0, "by n": others.sum() / count}[baseline]
            for t in places:
                score = np.eye(logits.shape[1])[word[t]] - softmax(logits[t])
                total[t] += (rewards[i] - b) * score / (last if per_letter else 1)
        return (-total if down else total) / (1 if summed else count)

    return estimate


def some_words(seed, n=6, T=4, K=3):
    random = np.random.default_rng(seed)
    letters = random.integers(0, K, size=(n, T))
    letters[0], letters[1, :2] = 1, (2, 0)  # one without an end, one that ends soon
    return random.normal(size=(T, K)), letters, random.normal(3, 1, size=n)


faults = {
    "down": "the direction is turned round, it goes down: the gradient of log pi is e_c - pi",
    "own": "a word's own reward is in its baseline, so the estimate is too small by the factor (n - 1)/n",
    "padding": "what stands after the end is pushed as well, though nobody read it",
}
policy_mistakes = {}
for made in itertools.product((False, True), repeat=3):
    wrong = [fault for fault, is_made in zip(faults, made, strict=True) if is_made]
    if not wrong:
        continue
    left = (
        "One fault is left"
        if len(wrong) == 1
        else f"{len(wrong)} faults are left; one of them"
    )
    # of two, the one that is not named with any other pair
    named = wrong[-1] if wrong == ["down", "padding"] else wrong[0]
    policy_mistakes[f"{left}: {faults[named]}."] = policy_gradient_with(
        **dict.fromkeys(wrong, True)
    )
    if "padding" in wrong:
        others = [fault for fault in wrong if fault != "padding"]
        more = "".join(f" And {faults[fault]}." for fault in others)
        policy_mistakes[f"The end counts: it was drawn and read.{more}"] = (
            policy_gradient_with(no_end=True, **dict.fromkeys(others, True))
        )
checked_policy_gradient = check(
    2,
    "policy_gradient",
    cases=[(case, policy_gradient_with()(*case)) for case in map(some_words, range(3))],
    mistakes=policy_mistakes
    | {
        "The log of a word's probability is a sum over its letters, not their mean: do not divide by its length.": (
            policy_gradient_with(per_letter=True)
        ),
        "One fault is left: a place is read if no end stands *before* it, whatever letter it has. Here every end "
        "is left out, and what stands after one is kept.": policy_gradient_with(
            read="no zeros"
        ),
        "One fault is left: this reads on after the end, up to the next one. A place is read if no end stands before "
        "it.": policy_gradient_with(read="to the second end"),
        "The baseline is missing: what is weighed is the reward minus the mean of the others'.": (
            policy_gradient_with(baseline="none")
        ),
        "There are n - 1 other words: their mean is their sum divided by that, not by n.": (
            policy_gradient_with(baseline="by n")
        ),
        "Wanted is the mean over the words, not the sum.": policy_gradient_with(summed=True),
    },
    hint="Look at three things: the sign of the scores, whose rewards are in a word's baseline, and which places are "
    "read.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="policy_gradient" points=2
for case in range(3):
    n, T, K = (int(each) for each in random.integers((5, 3, 3), (12, 7, 6)))
    letters = random.integers(0, K, size=(n, T))
    letters[0], letters[1, :2] = 1, (2, 0)
    estimate = policy_gradient(
        random.normal(size=(T, K)), letters, random.normal(2, 1, size=n)
    )
    publish(**{f"estimate_{case}": estimate})

# %% [markdown]
# Now it learns to spell. Nine signs, the end (a dot) and *adegijlr*; four places; D says 1 to 29 words of three or
# four letters that occur in titles, and 0 to everything else. A step draws 32 words and goes along your estimate.
# Four runs that differ by the dice only.
#
# **Predict first.** Between four and five words in a thousand are right at first. Will it find any? And what will the
# four writers have in common when they are done?

# %% role="spoiler" fold="Learn to spell with your estimate, four times"
SIGNS = ".adegijlr"
WORDS = (
    "air ale all are dare dead dear deer del die died earl eire gar girl idle ill jig jigg lad lee "
    "leg lie lira rage red reel ride rigg"
)
WORDS = set(WORDS.split())


def spelled(word):
    return "".join(SIGNS[letter] for letter in word).split(".")[0]


def spell(seed, steps=2000, batch=32, rate=2.0):
    """The share of right words in each step, and the words of the last one."""
    random = np.random.default_rng(seed)
    logits, shares = np.zeros((4, len(SIGNS))), []
    for _ in range(steps):
        below = random.random((batch, 4, 1)) > np.cumsum(softmax(logits), axis=1)
        letters = below.sum(axis=2).clip(max=len(SIGNS) - 1)
        read = [spelled(word) for word in letters]
        rewards = np.array([float(word in WORDS) for word in read])
        logits = logits + rate * checked_policy_gradient(
            logits.copy(), letters.copy(), rewards.copy()
        )
        shares.append(rewards.mean())
    return shares, read


for seed in range(4):
    shares, read = spell(seed)
    early, late = np.mean(shares[:50]), np.mean(shares[-50:])
    print(
        f"seed {seed}: {early:5.1%} right at first, {late:4.0%} at last; it writes",
        *dict.fromkeys(read),
    )

# %% [markdown]
# It finds a word by luck, and from then on writes that one: at most a slip of one letter beside it. The exact climb
# kept four words, because nothing told between them. Draws break every tie: whoever has been lucky with a word draws
# it more often, and is rewarded more often. So drawing makes the collapse complete that you saw before. (With places
# that do not know each other, as here, two words can hardly share a writer anyway: of *lee* and *jig* it would make
# *leg* and *jie*.)
#
# ## Chance moved outside
# Lesson 10's other way was to move the chance out, $z = m + \sqrt v\, \varepsilon$. For letters there is such a
# formula as well. Give each letter a clock that rings at a random time $t_k$, exponential with rate $e^{\theta_k}$:
# from $u$ uniform on $(0, 1)$ one gets it as $t_k = -\log(u_k)\, e^{-\theta_k}$. The letter whose clock rings first
# is written. It is letter $k$ with probability
#
# $$ \int_0^\infty e^{\theta_k}\, e^{-t e^{\theta_k}} \prod_{j \ne k} e^{-t e^{\theta_j}}\, dt
#    = \frac{e^{\theta_k}}{\sum_j e^{\theta_j}} = \pi_k . $$
#
# (It rings at $t$, and no other has rung by then.) The first is the one with the largest $-\log t_k = \theta_k + g_k$
# with $g_k = -\log(-\log u_k)$, **Gumbel noise**. So drawing a letter is an argmax after all, of logits with noise
# (Gumbel, 1954; Maddison and others, 2014).
#
# ## Exercise 3: repair the noise
# The clocks go on. Exponential clocks have no memory, so the second to ring is a fair draw among the letters that are
# left, and so on: in the order of ringing you get `count` *different* letters, as from an urn without putting back
# (Kool and others, 2019). Wanted are `in_order(logits, uniforms, count)`, the numbers of the first `count` letters to
# ring, in this order, from logits $(K,)$ and $(K,)$ numbers $u$. Two things are wrong in the program. Do not draw
# anything: the chance is in `uniforms`.


# %% role="exercise" grade_id="in_order"
# Exercise 3
def in_order(logits, uniforms, count):
    """The numbers of the first `count` letters to ring, in this order, (count,)."""
    ### BEGIN BROKEN
    # noise = np.log(-np.log(uniforms))
    # return np.argsort(logits + noise)[:count]
    ### END BROKEN
    ### BEGIN SOLUTION
    noise = -np.log(-np.log(uniforms))
    return np.argsort(-(logits + noise))[:count]
    ### END SOLUTION


# %% role="check" grade_id="in_order"
def ringing(noise=lambda u: -np.log(-np.log(u)), logits=lambda x: x, last=False, cut="first"):
    def found(given, uniforms, count):
        order = np.argsort(logits(given) + noise(uniforms), kind="stable")
        if cut != "first":
            return order[-count:] if cut == "last" else order[:count][::-1]
        return order[:count] if last else order[::-1][:count]

    return found


def some_clocks(seed, K, count):
    random = np.random.default_rng(seed)
    return random.normal(0, 1.5, size=K), random.random(K), count


clock_cases = [
    some_clocks(*each) for each in ((0, 6, 1), (1, 8, 5), (2, 9, 9), (3, 7, 3), (4, 10, 6))
]
checked_in_order = check(
    3,
    "in_order",
    cases=[
        (case, np.argsort(-np.log(case[1]) * np.exp(-case[0]))[: case[2]])
        for case in clock_cases
    ],
    mistakes={
        "argsort begins with the smallest, and the clock that rings first has the largest sum.": ringing(
            last=True
        ),
        "log(-log u) is minus Gumbel noise: its tail points the wrong way. One minus is missing.": ringing(
            noise=lambda u: np.log(-np.log(u))
        ),
        # clocks with the time -log(u) exp(+logit) ring in this order, too
        "Both faults are left: a minus is missing in the noise, and argsort begins with the smallest. (If these are "
        "clocks: a large logit rings *early*, so the time has exp(-logit).)": ringing(
            noise=lambda u: np.log(-np.log(u)), last=True
        ),
        "Noise goes to the logits, not to the probabilities.": ringing(logits=softmax),
        "Without the noise it is no draw.": ringing(noise=lambda u: 0 * u),
        "These are the right letters in the wrong order: the last of argsort rings first.": ringing(
            cut="last"
        ),
        "Turned round after it was cut: these are the last to ring. Turn the order round first, then take `count`.": (
            ringing(cut="turned after")
        ),
        "-log u is a ringing time for rate 1, not Gumbel noise: that is minus its logarithm.": ringing(
            noise=lambda u: -np.log(u)
        ),
    },
    hint="t = -log(u) exp(-logit) is when a clock rings; -log t = logit - log(-log u). The earliest first.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="in_order" points=1
for case in range(8):
    K = int(random.integers(6, 12))
    order = in_order(
        random.normal(0, 1.5, size=K), random.random(K), int(random.integers(3, K))
    )
    publish(**{f"order_{case}": order})

# %% [markdown]
# Two promises to be checked by 20,000 draws of your function: that the first letter is $k$ with probability $\pi_k$,
# and that the first two are $k, j$ with probability $\pi_k\, \pi_j / (1 - \pi_k)$. We allow four standard errors.

# %%
random = np.random.default_rng(1)
count = 20_000
pairs = np.array([checked_in_order(theta.copy(), random.random(3), 2) for _ in range(count)])
for k in range(3):
    share = np.mean(pairs[:, 0] == k)
    print(f"{'aei'[k]} first: {share:.3f}, should be {pi[k]:.3f}")
    assert abs(share - pi[k]) < 4 * math.sqrt(pi[k] * (1 - pi[k]) / count)
for k, j in itertools.permutations(range(3), 2):
    share, formula = np.mean((pairs == (k, j)).all(axis=1)), pi[k] * pi[j] / (1 - pi[k])
    print(f"{'aei'[k]}, then {'aei'[j]}: {share:.3f}, should be {formula:.3f}")
    assert abs(share - formula) < 4 * math.sqrt(formula * (1 - formula) / count)

# %% [markdown]
# ## The second way: soften
# The chance is outside, but argmax is still a step. So replace it by a softmax with a **temperature** $\tau$: this is
# **Gumbel-softmax** (Jang and others; Maddison and others, both 2017),
#
# $$ y = \mathrm{softmax}\Big( \frac{\theta + g}{\tau} \Big), \qquad
#    \frac{\partial h(y)}{\partial \theta_j} = \frac1\tau\, y_j \Big( h'_j - \sum_k y_k h'_k \Big), \quad
#    h'_k = \frac{\partial h}{\partial y_k}(y) . $$
#
# For $\tau \to 0$ it becomes the letter, and the slopes grow like $1/\tau$; for large $\tau$ it is grey porridge with
# gentle slopes. Now D is shown $y$, which is no letter: a point inside the triangle whose corners are the letters.
#
# **Predict first.** Here is a discriminator that does not read. It looks at the largest of the three numbers, and
# says "fake" if that is below 0.999. How many of 100 soft letters does it catch at $\tau = 1$? At 0.3, at 0.1?

# %% role="spoiler" fold="Draw soft letters, and let a judge who cannot read catch them"
random = np.random.default_rng(2)
gumbel = -np.log(-np.log(random.random((4000, 3))))
figure, panels = plt.subplots(1, 3, figsize=(8.8, 3.4))
for axes, temperature in zip(panels, (1.0, 0.3, 0.1), strict=True):
    soft = softmax((theta + gumbel) / temperature)
    caught = np.mean(soft.max(axis=1) < 0.999)
    print(f"temperature {temperature}: {caught:.0%} caught by their largest number")
    draw_triangle(axes, f"temperature {temperature}")
    axes.plot(
        *(soft[:300] @ corners).T,
        plots.MARKERS["fake"],
        color=plots.COLOURS["fake"],
        markersize=4,
        label="soft letters",
    )
plots.show(
    figure,
    alt="Three triangles whose corners are the letters a, e and i. At temperature 1 three hundred soft letters are "
    "scattered over the whole triangle; at 0.3 they lie near the edges and corners; at 0.1 nearly all sit in the "
    "corners.",
)

# %% [markdown]
# At $\tau = 1$ all of them, and at 0.1 still a third. The judge need not know a single letter, let alone a word: it
# measures how sure the writer is, and the writer's only way out is to become sure, of anything. Titles have some
# twenty letters, and one soft letter betrays them all. So with Gumbel-softmax alone the temperature is a trap on both
# sides: high, and D tells porridge from print; low, and the slopes are steep and the gradient wild.
#
# ## The third way: show one thing, differentiate another
# Let D read a true letter, and on the way back pretend that it was the soft one. That is **straight-through** (Bengio
# and others, 2013; with Gumbel noise, Jang and others, section 2.2). In TensorFlow it is one line,
#
# `shown = soft + tf.stop_gradient(hard - soft)`
#
# Forwards it is `hard`: the two `soft` cancel. Backwards `stop_gradient` counts as a constant, and what is left is
# the slope of `soft`. It is a plain lie about a derivative, told on purpose, and how much it costs we shall measure.
#
# ## Exercise 4: forwards and backwards by hand
# Write `straight_through(logits, noise, temperature, slope)` for a whole title: `logits` and Gumbel `noise` $(T, K)$,
# and a function `slope` that takes what D is shown, $(T, K)$, and gives the derivative of its verdict by each number
# of that, $(T, K)$. Return the pair: what D is shown, and the straight-through gradient by the logits, $(T, K)$.


# %% role="exercise" grade_id="straight_through"
# Exercise 4
def straight_through(logits, noise, temperature, slope):
    """What D is shown, (T, K), and the gradient of its verdict by the logits, (T, K)."""
    ### BEGIN SOLUTION
    soft = softmax((logits + noise) / temperature)
    shown = np.eye(logits.shape[1])[np.argmax(logits + noise, axis=1)]
    push = slope(shown)
    return shown, soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
    ### END SOLUTION


# %% role="check" grade_id="straight_through"
def straight_through_with(
    read="hard",
    show="hard",
    through="soft",
    divided=True,
    centred=True,
    noisy=True,
    drawn=True,
    plain=None,
):
    """Forwards and backwards place by place, by the Jacobian, with faults."""

    def passes(logits, noise, temperature, slope):
        y = softmax((logits + noise * noisy) / temperature)
        hard = np.zeros(y.shape)
        hard[np.arange(len(y)), (logits + noise * (noisy and drawn)).argmax(axis=1)] = 1
        back_by = {"warm": softmax(logits / temperature), "cold": softmax(logits)}
        versions = {"hard": hard, "soft": y} | ({"soft": back_by[plain]} if plain else {})
        push = slope(versions[read])
        back = []
        for t in range(len(y)):
            row = versions[through][t]
            jacobian = np.diag(row) - (np.outer(row, row) if centred else 0)
            back.append(jacobian @ push[t] / (temperature if divided else 1))
        return versions[show], np.array(back)

    return passes


def some_title(seed, T=4, K=3):
    random = np.random.default_rng(seed)
    A, b = random.normal(size=(T * K, T * K)), random.normal(size=(T, K))
    slope = lambda y: b + ((A + A.T) @ np.ravel(y)).reshape(T, K) / 4  # noqa: E731
    noise = -np.log(-np.log(random.random((T, K))))
    return random.normal(size=(T, K)), noise, float(random.uniform(0.4, 2)), slope


title_cases = [some_title(*each) for each in ((0, 1, 3), (1, 4, 3), (2, 3, 6))]
checked_straight_through = check(
    4,
    "straight_through",
    cases=[(case, straight_through_with()(*case)) for case in title_cases],
    mistakes={
        "That is Gumbel-softmax: D is shown the soft letters. Here it reads the hard ones.": straight_through_with(
            read="soft", show="soft"
        ),
        "D was shown the hard letters, so its slope has to be taken there, not at the soft.": straight_through_with(
            read="soft"
        ),
        "D is shown true letters: the first of the two results is hard, not soft.": straight_through_with(
            show="soft"
        ),
        "On the way back the letter counts as the soft one; with the hard one its gradient is 0 everywhere.": (
            straight_through_with(through="hard")
        ),
        "The logits are divided by the temperature, so the gradient is as well.": straight_through_with(
            divided=False
        ),
        "The softmax has two terms in its derivative: the mean of the slopes, weighted by y, is taken off.": (
            straight_through_with(centred=False)
        ),
        "The noise is missing: it is what makes this a draw.": straight_through_with(
            noisy=False
        ),
        "The letter that is shown has to be drawn, too: the argmax is that of logits + noise.": straight_through_with(
            drawn=False
        ),
        "Back through softmax(logits) is the *plain* straight-through, without noise. Here the way back is that of the "
        "soft letter which has this draw's noise and the temperature.": straight_through_with(
            plain="cold", divided=False
        ),
        "The way back has no noise: its softmax is that of (logits + noise) / temperature.": straight_through_with(
            plain="warm"
        ),
        "The softmax on the way back is that of (logits + noise) / temperature, and this is that of the logits.": (
            straight_through_with(plain="cold")
        ),
    },
    hint="Two questions at each place. Forwards: which letter was drawn? Backwards: at which point is D's slope taken, "
    "and through the derivative of which softmax does it go (the formula of Gumbel-softmax above)?",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="straight_through" points=2
for case in range(3):
    T, K = (int(each) for each in random.integers((2, 3), (6, 7)))
    A, b = random.normal(size=(T * K, T * K)), random.normal(size=(T, K))
    noise = -np.log(-np.log(random.random((T, K))))
    shown, back = straight_through(
        random.normal(size=(T, K)),
        noise,
        float(random.uniform(0.4, 2)),
        lambda y, A=A, b=b: b + (A @ np.ravel(y)).reshape(b.shape) / 4,
    )
    publish(**{f"shown_{case}": shown, f"back_{case}": back})

# %% [markdown]
# TensorFlow must find the same, and does it find anything if `stop_gradient` stands elsewhere? A verdict that is
# curved, $h(y) = \sum w\, y^2$ with $h' = 2 w y$, and a title of three places.

# %%
import tensorflow as tf

from course_lib import device

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)

random = np.random.default_rng(3)
w, title_logits = random.normal(size=(2, 3, 4))
noise = -np.log(-np.log(random.random((3, 4))))
shown, by_hand = checked_straight_through(
    title_logits.copy(), noise.copy(), 0.7, lambda y: 2 * w * y
)

variable = tf.Variable(title_logits)
with tf.GradientTape(persistent=True) as tape:
    soft = tf.nn.softmax((variable + noise) / 0.7)
    hard = tf.one_hot(tf.argmax(variable + noise, axis=1), 4, dtype="float64")
    versions = {
        "hard": hard,
        "soft": soft,
        "soft + stop(hard - soft)": soft + tf.stop_gradient(hard - soft),
        "hard + stop(soft - hard)": hard + tf.stop_gradient(soft - hard),
        "hard + soft - stop(hard)": hard + soft - tf.stop_gradient(hard),
    }
    judged = {name: tf.reduce_sum(w * version**2) for name, version in versions.items()}
for name, verdict in judged.items():
    found, version = tape.gradient(verdict, variable), versions[name].numpy()
    reads = "letters" if np.allclose(version, version.round(), atol=1e-6) else "porridge"
    back = (
        "no gradient" if found is None else f"gradient of length {np.linalg.norm(found):.3f}"
    )
    print(f"{name:26} D reads {reads:9} {back}")
right = tape.gradient(judged["soft + stop(hard - soft)"], variable).numpy()
print(
    f"by hand                    D reads letters   gradient of length {np.linalg.norm(by_hand):.3f}"
)
assert np.allclose(right, by_hand, atol=1e-6)

# %% [markdown]
# Only one of the five lets D read letters *and* passes something back. Exchange `hard` and `soft` in it, and D reads
# porridge while G learns nothing, the worst of both. Nothing crashes. The last one looks clever and is Gumbel-softmax.
#
# **A good place to stop.** You have three ways round the choice. The second half asks what each costs, and then lets
# them name tunes.
#
# ## Three letters, many judges
# How wrong is the lie of straight-through? Where the exact gradient is known one can measure it. Take a family of
# judges,
#
# $$ h(y) = \sum_k f_k\, y_k + \kappa \sum_k y_k (1 - y_k), \qquad h'_k = f_k + \kappa\, (1 - 2 y_k) . $$
#
# At a letter the second sum is 0, whatever $\kappa$: all these judges say $f_k$ of letter $k$, so $V$ and its
# gradient are the same. They differ in what they say of porridge, which nobody ever writes: with $\kappa > 0$ they
# like it, with $\kappa < 0$ they despise it, as a trained D does. Four estimates, each from one draw:
#
# - **REINFORCE** with the mean verdict as its baseline;
# - **straight-through, plain**: back through $\pi$, without noise, $\hat g = J_\pi\, h'(e_c)$, where $J_\pi$ is the
#   matrix with $\pi_j (\delta_{jk} - \pi_k)$ in row $j$, column $k$;
# - **Gumbel-softmax**: $J_y\, h'(y) / \tau$;
# - **straight-through, Gumbel**: $J_y\, h'(e_c) / \tau$, your function.
#
# **Predict first.** Which of the four does not care about $\kappa$ at all? Which is *perfect*, without bias and
# without variance, for $\kappa = 0$, and why? And does $\tau \to 0$ help Gumbel's two?


# %% role="spoiler" fold="Measure bias and variance for three judges and draw them over tau"
def estimates(kappa, temperature, draws=40_000, seed=4):
    """Estimates (draws, 3) of the gradient by each of the four ways."""
    random = np.random.default_rng(seed)
    noise = -np.log(-np.log(random.random((draws, 3))))
    logits, pi = np.tile(theta, (draws, 1)), softmax(theta)

    def slope(y):
        return verdicts + kappa * (1 - 2 * y)

    letters, by_gumbel = checked_straight_through(
        logits.copy(), noise.copy(), temperature, slope
    )
    soft = softmax((logits + noise) / temperature)

    def back(y, push):
        return y * (push - np.sum(y * push, axis=1, keepdims=True))

    return {
        "REINFORCE": ((letters @ verdicts - pi @ verdicts)[:, None]) * (letters - pi),
        "straight-through, plain": back(pi, slope(letters)),
        "Gumbel-softmax": back(soft, slope(soft)) / temperature,
        "straight-through, Gumbel": by_gumbel,
    }


def bias_and_variance(drawn):
    """The length of the bias, and the variance of one draw, added up over the letters."""
    return float(np.linalg.norm(drawn.mean(axis=0) - exact)), float(drawn.var(axis=0).sum())


ROLES = dict(
    zip(estimates(0, 1, 10), ("neutral", "fake", "generator", "discriminator"), strict=True)
)
print(
    f"length of the exact gradient {np.linalg.norm(exact):.3f}; at temperature 1, bias and variance:"
)
print(f"{'':26}" + "".join(f"kappa {kappa:<12}" for kappa in (0, 1, -1)))
table = {kappa: estimates(kappa, 1.0) for kappa in (0, 1, -1)}
for name in ROLES:
    numbers = [bias_and_variance(each[name]) for each in table.values()]
    print(
        f"{name:26}"
        + "".join(f"{bias:.3f}  {variance:.3f}      " for bias, variance in numbers)
    )
jacobian = np.diag(pi) - np.outer(pi, pi)
for kappa, each in table.items():
    bias = each["straight-through, plain"].mean(axis=0) - exact
    assert np.allclose(
        bias, -2 * kappa * jacobian @ pi, atol=0.02
    )  # 40,000 draws are good for 0.005

temperatures = np.geomspace(0.1, 5, 12)
measured = {
    name: np.array([bias_and_variance(estimates(-1, tau)[name]) for tau in temperatures])
    for name in ROLES
}
figure, panels = plt.subplots(1, 2, figsize=(9.2, 3.7))
for (name, values), style in zip(measured.items(), plots.STYLES, strict=False):
    look = {"color": plots.COLOURS[ROLES[name]], "linestyle": style, "label": name}
    for axes, column in zip(panels, values.T, strict=True):
        axes.plot(temperatures, column, plots.MARKERS[ROLES[name]], markersize=4, **look)
panels[0].axhline(
    np.linalg.norm(exact),
    color=plots.COLOURS["real"],
    linewidth=1,
    label="length of the gradient",
)
panels[0].set(title="Bias", ylabel="length of the bias", ylim=(-0.01, None))
panels[1].set(title="Variance of one draw", ylabel="variance", yscale="log")
for axes in panels:
    axes.set(
        xlabel="temperature",
        xscale="log",
        xticks=[0.1, 0.3, 1, 3],
        xticklabels=[0.1, 0.3, 1, 3],
    )
    axes.minorticks_off()
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plots.show(
    figure,
    alt="Two figures over the temperature, for a judge who despises porridge. Bias: near 0 for REINFORCE; level for "
    "plain straight-through; rising from near 0 towards the length of the gradient itself for both Gumbel ways, "
    "straight-through a little above. Variance: level for the first two, falling steeply with the temperature for the "
    "other two, Gumbel-softmax below.",
)

# %% [markdown]
# REINFORCE never asks D about porridge, so $\kappa$ is nothing to it. Plain straight-through is perfect for a *linear*
# judge: what it tells of the letter does not depend on which letter was drawn. For a curved one its bias is a line. On
# average $e_c$ is $\pi$, $J_\pi f = \nabla V$, and $J_\pi$ sends constants to 0:
#
# $$ E[\hat g] = J_\pi \big( f + \kappa\, (1 - 2 \pi) \big) = \nabla V - 2 \kappa\, J_\pi\, \pi . $$
#
# It is off in proportion to $\kappa$ (the cell has compared that with what it measured). And a low temperature takes
# the bias of Gumbel-softmax away, for any smooth judge. For straight-through it does so here because $h$ is quadratic:
# it averages the slopes at the two ends of an edge, and that is the slope of the chord for a parabola only. Both pay
# with a variance that grows like $1/\tau$. There is no free corner. With so short an alphabet and a baseline, REINFORCE
# is hard to beat.
#
# Try a judge who is no parabola. Put $y_i^2 (1 - y_i)$, of the letter *i* alone, in the place of the second sum: 0
# again at every letter, and $\nabla V$ is what it was. Along the edge from another letter to *i* this is a cubic,
# whose slopes at the ends are 0 and $-1$: their mean is $-\frac12$, and the chord's slope is 0. For $\tau \to 0$ a
# draw is either sure, or nearly undecided between *two* letters, as often on this side of the edge's middle as on
# that. Since $\partial V / \partial \theta_j = \sum_k \pi_j \pi_k (f_j - f_k)$ has a term for each edge, there is left
#
# $$ E[\hat g]_i - \frac{\partial V}{\partial \theta_i} \to -\tfrac12\, \pi_i (1 - \pi_i), \qquad
#    E[\hat g]_j - \frac{\partial V}{\partial \theta_j} \to +\tfrac12\, \pi_i \pi_j \quad (j \ne i) . $$

# %%
CUBIC = np.eye(3)[2]  # the letter i alone


def cubic_slope(y):
    return verdicts + CUBIC * (2 * y - 3 * y**2)


noise = -np.log(-np.log(np.random.default_rng(12).random((200_000, 3))))
left = pi[2] * (pi - CUBIC) / 2
print(f"length of the gradient {np.linalg.norm(exact):.3f}; bias of straight-through in the")
print(f"limit of the formula    {np.linalg.norm(left):.3f}")
print("temperature   Gumbel-softmax    straight-through, Gumbel")
for temperature in (1, 0.3, 0.1, 0.03):
    logits = np.tile(theta, (len(noise), 1))
    soft = softmax((logits + noise) / temperature)
    push = cubic_slope(soft)
    softened = soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
    _, through = checked_straight_through(logits, noise.copy(), temperature, cubic_slope)
    cells = []
    for drawn in (softened, through):
        bias, variance = bias_and_variance(drawn)
        cells.append(f"{bias:.3f} +- {math.sqrt(variance / len(noise)):.3f}")
    print(f"{temperature:<14}{cells[0]:18}{cells[1]}")
sampling_error = math.sqrt(variance / len(noise))
assert np.linalg.norm(through.mean(axis=0) - exact - left) < 4 * sampling_error

# %% [markdown]
# Gumbel-softmax forgets its bias here, too. Straight-through keeps a fifth of the gradient's length, however cold: it
# never asks what lies between the letters. (The numbers after +- are the sampling errors of the means, which is what a
# bias of 0 would look like.) A network as a judge is no parabola either.
#
# What makes the others worth having is length. Give each of $T$ places such an alphabet and let $h$ be the sum over
# the places. The gradient by the first place stays what it was. The slopes know which place did what; to REINFORCE
# all other places are noise, as lesson 10 measured for other numbers. With independent places it is one term more,
#
# $$ \mathrm{Var}_T[\hat g] = \mathrm{Var}_1[\hat g] + (T - 1)\, \mathrm{Var}[f_c]\; E|e_c - \pi|^2 . $$

# %% tags=["nbval-check-output"]
random = np.random.default_rng(5)
baseline = pi @ verdicts
one_place = reinforce_in_full(theta, verdicts, baseline)[1]
per_place = (pi @ verdicts**2 - baseline**2) * np.sum(pi * lengths)
for places in (1, 4, 16, 64):
    letters = random.choice(3, size=(20_000, places), p=pi)
    rest = verdicts[letters].sum(axis=1) - places * baseline
    drawn = rest[:, None] * (np.eye(3)[letters[:, 0]] - pi)
    formula = one_place + (places - 1) * per_place
    print(
        f"{places:2} places: variance of REINFORCE {drawn.var(axis=0).sum():7.3f}, formula {formula:7.3f}"
    )
    assert abs(drawn.var(axis=0).sum() / formula - 1) < 0.05

# %% [markdown]
# ## Exercise 5: what can you afford?
# An estimator has a bias $\beta$ (a length), a variance $v$ of one draw, and a price $p$ for one draw. For a budget
# $B$ you may average $n = \lfloor B / p \rfloor$ draws. Averaging shrinks the variance and not the bias, so the mean
# squared error, $E|\text{mean} - \nabla V|^2$, is $\beta^2 + v / n$; who cannot pay for a single draw has none. Write
# `best_choice(biases, variances, prices, budget)`, three arrays and a number: the number of the estimator with the
# smallest error, and that error. At least one can be afforded.


# %% role="exercise" grade_id="best_choice"
# Exercise 5
def best_choice(biases, variances, prices, budget):
    """(number of the best estimator, its mean squared error) within the budget."""
    ### BEGIN SOLUTION
    draws = np.floor(budget / prices)
    errors = np.where(draws > 0, biases**2 + variances / np.maximum(draws, 1), np.inf)
    return int(np.argmin(errors)), float(np.min(errors))
    ### END SOLUTION


# %% role="check" grade_id="best_choice"
def choice_with(
    whole=True,
    affordable=True,
    squared=True,
    averaged=False,
    priced=True,
    root=False,
    n=True,
    power=1,
    best=min,
    counted="all",
):
    """The choice by a loop, with faults."""

    def chosen(biases, variances, prices, budget):
        found = []
        for number, (bias, variance, price) in enumerate(
            zip(biases, variances, prices, strict=True)
        ):
            draws = budget / price if priced else budget
            draws = round(draws) if whole == "nearest" else int(draws) if whole else draws
            if draws < 1:
                if affordable:
                    continue
                draws = max(draws, 1e-9) if not whole else 1
            draws = draws if n else 1
            error = (bias**2 if squared else bias) / (
                draws if averaged else 1
            ) + variance / draws**power
            found.append((error, len(found) if counted == "affordable" else number))
        error, number = best(found)
        return number, float(error**0.5 if root else error)

    return chosen


def some_offers(seed, count=5):
    random = np.random.default_rng(seed)
    biases = random.uniform(0, 1.5, size=count) * (random.random(count) < 0.7)
    variances = np.exp(random.normal(0, 2, size=count))
    return biases, variances, random.uniform(1, 9, size=count).round(1)


offers = [
    (*some_offers(seed), budget)
    for seed, budget in ((0, 9.5), (1, 30.0), (2, 200.0), (3, 4.0), (6, 11.0))
]
offers.append((np.array([0.5, 0.0]), np.array([0.1, 0.2]), np.array([1.0, 6.0]), 5.0))
offers.append((np.array([0.5, 0.0]), np.array([0.1, 0.0]), np.array([1.0, 6.0]), 5.0))
offers.append((np.array([1.3, 0.0]), np.array([0.1, 9.0]), np.array([1.0, 2.6]), 10.0))
checked_best_choice = check(
    5,
    "best_choice",
    cases=[(offer, choice_with()(*offer)) for offer in offers],
    mistakes={
        "The bias enters with its square.": choice_with(squared=False),
        "Averaging does not shrink the bias: only the variance is divided by n.": choice_with(
            averaged=True
        ),
        "There are no parts of draws: n is rounded down.": choice_with(whole=False),
        "There are no parts of draws, and who cannot pay for one has none.": choice_with(
            whole=False, affordable=False
        ),
        "Who cannot pay for a single draw is no choice.": choice_with(affordable=False),
        "A draw has a price: n is the budget divided by it.": choice_with(priced=False),
        "This is the error of a single draw: divide the variance by n.": choice_with(n=False),
        "Wanted is the mean squared error, not its root.": choice_with(root=True),
        "n is rounded *down*: a draw that is not quite paid for is none.": choice_with(
            whole="nearest"
        ),
        "The variance of a mean of n draws is v / n, not v / n^2.": choice_with(power=2),
        "The number comes first, then the error.": lambda *offer: choice_with()(*offer)[::-1],
        "Wanted is the *smallest* error.": choice_with(best=max),
        "The number counts all estimators, those that cannot be afforded as well.": choice_with(
            counted="affordable"
        ),
    },
    hint="How many whole draws can each afford, and what is its error with so many? Who can afford none must not be "
    "chosen, and must not move the numbers of the others. (v / n for n = 0 is not always infinite: v may be 0.)",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="best_choice" points=1
numbers, errors = [], []
for case in range(12):
    count = int(random.integers(4, 8))
    biases = random.uniform(0, 1.5, size=count) * (random.random(count) < 0.7)
    variances = np.exp(random.normal(0, 2, size=count))
    prices = random.uniform(1, 9, size=count).round(1)
    budget = float(random.uniform(prices.min(), 3 * prices.max()))
    if case < 3:  # all have a bias, and two draws or more
        biases = random.uniform(0.5, 1.5, size=count)
        budget = float(random.uniform(2.1, 4) * prices.max())
    # in front of all stands the best there is, and too dear by a little
    biases, variances, prices = (
        np.insert(each, 0, first)
        for each, first in ((biases, 0), (variances, 0), (prices, budget + 0.5))
    )
    number, error = best_choice(biases, variances, prices, budget)
    numbers.append(number)
    errors.append(error)
publish(chosen=np.array(numbers), errors=np.array(errors))

# %% [markdown]
# Your function, on what we have measured for $\kappa = -1$. A draw of REINFORCE costs one pass through D, and we let
# the slopes of the others cost three, a rule of thumb for a pass forwards and back. One more estimator is on offer
# that nobody should forget: **stay**, the estimate 0. It costs nothing to speak of, has no variance, and a bias as
# long as the gradient.
#
# **Predict first.** For one place, and for twenty: who is best with a budget of 1, of 30, and of 3,000?

# %% role="spoiler" fold="Ask your function, for one place and for twenty"
offered = {"stay": (np.linalg.norm(exact), 0.0, 1.0)}
offered["REINFORCE"] = (0.0, one_place, 1.0)  # in full, not measured
offered["straight-through, plain"] = (*measured["straight-through, plain"].mean(axis=0), 3.0)
for name in ("Gumbel-softmax", "straight-through, Gumbel"):
    for place in (0, 4, 7, 11):
        offered[f"{name}, tau {temperatures[place]:.1f}"] = (*measured[name][place], 3.0)
for places in (1, 20):
    offered["REINFORCE"] = (0.0, one_place + (places - 1) * per_place, 1.0)
    biases, variances, prices = np.transpose(list(offered.values()))
    for budget in (1, 3, 30, 300, 3000, 30_000):
        number, error = checked_best_choice(
            biases.copy(), variances.copy(), prices.copy(), budget
        )
        print(
            f"{places:2} places, budget {budget:6,}: {list(offered)[number]:32} error {error**0.5:.3f}"
        )

# %% [markdown]
# Whoever can pay for one draw of REINFORCE only had better stay: so noisy a step is worse than none. (Training steps
# are noisy and small, and average themselves; but this is why small steps are needed.) After that, with one place,
# there is little to be said against REINFORCE. With twenty, a little bias buys a lot, until the budget is so large
# that the estimator without bias gets its right. A title has some twenty places, and a training step few draws. So
# text GANs that use REINFORCE, such as SeqGAN (Yu and others, 2017), first learn to predict, and then draw many
# continuations for every letter.
#
# The library has all of this in one call, and is compared here with your functions and ours:

# %%
from course_lib.theory import discrete

for row in discrete.compare(verdicts, theta, bend=-1.0, temperatures=(1.0,)):
    print(f"{row['estimator']:32} bias {row['bias']:.3f}  variance {row['variance']:.3f}")
errors = discrete.errors(estimates(-1, 1.0)["straight-through, Gumbel"], exact)
library = discrete.errors(
    discrete.straight_through_gumbel_gradient(
        discrete.Bent(verdicts, -1.0).slope,
        theta,
        discrete.gumbel_noise((40_000, 3), np.random.default_rng(6)),
        1.0,
    ),
    exact,
)
assert abs(errors.bias - library.bias) < 4 * library.sampling_error

# %% [markdown]
# ## Titles
# Lesson 12's tunes have names, and many have several: *the marquis of huntleys reel*, *marquis of huntley's*,
# *marquis of huntly's*. If one of these is trained on and another is held out, a model that copies looks clever. So
# titles are cleaned to small letters, spaces and apostrophes; those whose telling words are the same but for a letter
# form a group; one of each group is kept, and the groups are split.

# %%
from course_lib.datasets.texts import Alphabet
from course_lib.scores import texts as text_scores

titles = texts.load_titles()
alphabet = Alphabet.of(titles)
sizes = np.bincount(texts.groups(titles))
print(f"{len(titles):,} spellings in {len(sizes):,} groups, the largest of {sizes.max()}")
print(
    f"train {len(split.train):,}, validation {len(split.validation)}, test {len(split.test)}"
)
print(
    f"{len(alphabet.characters)} letters, {np.mean([len(title) for title in split.train]):.1f} a title"
)
print(textwrap.fill(f"for example: {'; '.join(split.train[::400])}", 90))
assert all(alphabet.decode(alphabet.encode(title)) == title for title in titles)

# %% [markdown]
# What is there to be learnt, before any word? Which letters are frequent, and which stand behind which.

# %% fold="Draw the shares of the letters, and of the pairs"
WRITTEN = " '" + "abcdefghijklmnopqrstuvwxyz"
NAMES = ["space", *WRITTEN[1:]]
pair_counts = np.zeros((len(WRITTEN), len(WRITTEN)))
for title in split.train:
    for one, two in itertools.pairwise(title):
        pair_counts[WRITTEN.index(one), WRITTEN.index(two)] += 1
counts = np.array(["".join(split.train).count(letter) for letter in WRITTEN])
shares = counts / counts.sum()
followed = pair_counts.sum(axis=1) / pair_counts.sum()  # as `shares`, without the last letters
after = pair_counts / pair_counts.sum(axis=1, keepdims=True)


def bits_of(shares):
    return -np.sum(shares * np.log2(np.where(shares > 0, shares, 1)), axis=-1)


print("bits for a letter of a training title")
print(f"  all equally likely        {math.log2(len(WRITTEN)):.2f}")
print(f"  shares known              {bits_of(shares):.2f}")
print(f"  the letter before as well {followed @ bits_of(after):.2f}")
print(
    f"q is followed by u in {after[WRITTEN.index('q'), WRITTEN.index('u')]:.0%} of all cases"
)
figure, (bars, pairs_shown) = plt.subplots(1, 2, figsize=(10.4, 4.4), width_ratios=(0.8, 1))
bars.barh(range(len(WRITTEN)), shares, color=plots.COLOURS["real"])
bars.set_yticks(range(len(WRITTEN)), NAMES, fontsize=8)
bars.invert_yaxis()
bars.grid(False, axis="y")
bars.set_axisbelow(True)
bars.set(title="How often a letter is written", xlabel="share", ylabel="letter")
image = pairs_shown.imshow(after, cmap="Blues", vmin=0, vmax=1, aspect="auto")
pairs_shown.set_xticks(range(len(WRITTEN)), [" ", *WRITTEN[1:]], fontsize=8)
pairs_shown.set_yticks(range(len(WRITTEN)), NAMES, fontsize=8)
pairs_shown.grid(False)
pairs_shown.set(
    title="What stands behind it", xlabel="next letter (first: space)", ylabel="letter"
)
figure.colorbar(image, ax=pairs_shown, label="share of the next letter")
plots.show(
    figure,
    alt="Left, bars: the space is written most often, then e and a; j, q, x and z hardly ever. Right, a table of "
    "letter by next letter, most of it pale, with a few dark fields: after an apostrophe mostly s, after q always u, "
    "after x mostly t, after h and v mostly e, after y mostly a space.",
)

# %% [markdown]
# Most of the table is pale: a letter leaves its successor little choice. Whoever knows the shares has saved bits, and
# whoever looks at one letter before has saved more. Keep both panels in mind when you read what the writers write.
#
# ## Three faults, in print
# A text GAN that has been printed more than once looks like this, in short:
#
# ```
# real_text = tf.placeholder(tf.float32, [None, length * letters])
# ...
# batch = np.random.normal(size=[batch_size, length * letters])      # a batch of "real" text
# loss = mean(cross_entropy(ones, d_real) + cross_entropy(zeros, d_fake))
# train = tf.train.AdamOptimizer().minimize(loss)                     # all weights, G's and D's
# ```
#
# Look at the three lines that have a comment or a `placeholder`, and at `loss`.
#
# **Predict first.** What is wrong with each? Which of the three faults stops the program? And if that one is mended,
# what will the writer write? Suppose D likes *i* best and *a* least, as above.

# %% role="spoiler" fold="Commit the three faults"
try:
    tf.placeholder(tf.float32, [None, 8])
except AttributeError as error:
    print("placeholder:", str(error).split(". ")[0])

random = np.random.default_rng(7)
written = alphabet.one_hot(split.test, 32).argmax(axis=2)
noise_letters = random.normal(size=(len(split.test), 32, len(alphabet))).argmax(axis=2)
print("'real' text, the largest number at each place:")
for row in noise_letters[:3]:
    print("  ", "".join(alphabet.characters[max(letter - 3, 0)] for letter in row))
same = np.mean(noise_letters == written)
print(
    f"  it agrees with true titles in {same:.1%} of all places; by chance {1 / len(alphabet):.1%}"
)


def softplus(x):
    return np.logaddexp(0, x)


print("\nafter 500 steps of the exact gradient, from the logits", theta)
for name, to_climb in (
    ("its own loss, -log D(fake)", -softplus(-verdicts)),
    ("D's loss, -log(1 - D(fake))", -softplus(verdicts)),
):
    logits = theta.copy()
    for _ in range(500):
        logits = logits + exact_gradient(logits, to_climb)
    print(f"  G minimises {name:28} and writes", end=" ")
    print(
        ", ".join(
            f"{letter} {share:.0%}"
            for letter, share in zip("aei", softmax(logits), strict=True)
        )
    )

# %% [markdown]
# The placeholders are those of TensorFlow 1. The real text is random numbers. And one loss is minimised over the
# weights of both players: G is to make $-\log D(x) - \log(1 - D(\tilde x))$ *small*, that is, to help D.
#
# Only the placeholder stops it, and that is the harmless one: nobody is misled by a program that does not run. With
# the other two it runs, its loss falls (both players push the same way!), and a curve that falls looks like learning.
# The writer writes what D likes *least*, so that D need not try. And were the losses right, a perfect G would write
# random letters, for those are what D was told is text. None of this has to do with words; one finds it by decoding
# what D is shown, and by asking of each loss who gains when it falls.
#
# So here: D is shown titles, its verdict is its logit $l$, $E[\mathrm{softplus}(-l(x)) + \mathrm{softplus}(l(\tilde
# x))]$ is D's loss and $E[\mathrm{softplus}(-l(\tilde x))]$ is G's, lesson 3's non-saturating pair, and `class GAN`
# is that of lesson 4.
#
# ## Two that predict
# First those that need no judge. An **n-gram** of letters, its order chosen on validation titles, takes a blink; a
# **recurrent network** gets 30 processor seconds. Both are lesson 12's models with letters in the place of notes, and
# both are trained on the one thing that text offers and a GAN does not use: at each place the right letter is known,
# and the exact gradient of $-\log \pi_c$ is $\pi - e_c$. No draw, no judge, no dice.

# %%
from course_lib.models.sequences import ngram, scoring
from course_lib.models.sequences.recurrent import Recurrent
from course_lib.training import sequences

SECONDS, BLOCKS = 30, 6
encoded = {
    part: [alphabet.encode(title) for title in getattr(split, part)]
    for part in ("train", "validation", "test")
}
counting, tried = ngram.best(
    encoded["train"], encoded["validation"], len(alphabet), orders=range(3, 7)
)
recurrent = Recurrent(len(alphabet), units=128, embedding=32, dropout=0.2, context=33, seed=0)
print("recurrent, bits a letter of the titles it learns from:")
for block in range(BLOCKS):
    trained = sequences.fit(recurrent, encoded["train"], seconds=SECONDS / BLOCKS)
    print(
        f"  {SECONDS * (block + 1) // BLOCKS:2} processor seconds, step {recurrent.step:4}: "
        f"{np.mean(trained['bits'][-5:]):.2f}"
    )
for name, model in (("n-gram", counting), ("recurrent", recurrent)):
    cost, error = scoring.spread(model, encoded["test"])
    drawn = [alphabet.decode(ids) for ids in scoring.sample(model, count=5, length=32, seed=1)]
    print(
        f"{name:10} {cost:.2f} +- {error:.2f} bits a letter on held-out titles, and it writes"
    )
    print(textwrap.fill("; ".join(drawn), 90, initial_indent="  ", subsequent_indent="  "))

# %% [markdown]
# ## One that is judged
# And the GAN. G turns 64 random numbers by convolutions into 32 places with logits for each letter; straight-through
# with Gumbel noise at $\tau = 1$ makes letters of them; D is a small convolutional network that reads one-hot
# letters. It sees the same titles for the same processor time. It draws *all places at once*: a writer that draws one
# letter after the other would have to be run 32 times for each title that D reads.
#
# **Predict first.** You have seen some titles of such a GAN, so in numbers: by how much will they be too long or too
# short? Distances go from 0 to 1: how far will its single letters be from those of real titles, its pairs, its triples,
# and where does the n-gram, which only counts, stand in each?

# %% role="spoiler" fold="Train the GAN for 30 processor seconds, and read it"
from course_lib.models import text_gan
from course_lib.training import texts as text_training

gan = text_gan.small(alphabet, seed=0)
for block in range(BLOCKS):
    text_training.fit(gan, alphabet, split.train, seconds=SECONDS / BLOCKS)
    print(
        f"{SECONDS * (block + 1) // BLOCKS:2} processor seconds, step {gan.step:4}, it writes: "
        f"{text_gan.sample(gan, alphabet, 1, seed=0)[0]}"
    )
live = {
    "n-gram": [alphabet.decode(ids) for ids in scoring.sample(counting, 248, 32, seed=2)],
    "recurrent": [alphabet.decode(ids) for ids in scoring.sample(recurrent, 248, 32, seed=2)],
    "GAN": text_gan.sample(gan, alphabet, 248, seed=2),
}
known = set(" ".join(split.train).lower().split())
print(f"{'':10}{'letters':>9}{'known words':>13}{'n-gram distance: 1':>20}{'2':>7}{'3':>7}")
for name, drawn in {"held out": split.test, **live}.items():
    spelled_right = np.mean(
        [word in known for title in drawn for word in title.lower().split()]
    )
    near = [
        text_scores.ngram_distance(drawn[:124], split.validation[:124], n) for n in (1, 2, 3)
    ]
    print(
        f"{name:10}{np.mean([len(title) for title in drawn]):9.1f}{spelled_right:13.0%}"
        f"{near[0]:20.2f}{near[1]:7.2f}{near[2]:7.2f}"
    )
print()
print("\n".join(live["GAN"][:8]))

# %% [markdown]
# Single letters come first, and with them a length that is roughly right, a few letters too long or too short, and not
# the same in every run: both are averages, and every place can learn its own by itself. Pairs are worse, triples worse
# still, and words are luck: that a *q* wants a *u* beside it is known to D at once, and G, whose
# places are drawn without looking at each other, can only obey by making one of the two sure beforehand. The n-gram
# was ready before the first step of the GAN, and it is built of nothing but such neighbours. Train longer and it gets
# better, slowly: G's loss says how the game stands, and not how the titles read (lesson 6).
#
# (The distances are between 124 titles each, so even held-out titles are far from validation titles in triples: the
# first line is the floor.)
#
# ## Exercise 6: a score that can be cheated
# "Is it new?" is often printed as the share of drawn titles that are not in the training set. Here are four cheats,
# who know that.


# %% role="setup"
def words(title):
    """The words of a title: runs of letters, in small ones."""
    return re.findall(r"[a-z]+", title.lower())


# %%
def printed_novelty(drawn, training):
    return np.mean([title not in set(training) for title in drawn])


random = np.random.default_rng(8)
copies = [split.train[place] for place in random.choice(len(split.train), 300, replace=False)]
cheats = {
    "the shouter": [title.upper() + "!" for title in copies],
    "the shuffler": [" ".join(["the", *reversed(words(title))]) for title in copies],
    "the noise": ["".join(random.choice(list("abcdefgh "), 20)) for _ in copies],
    "the one idea": ["The Lost Reel of Monday"] * 300,
}
for name, drawn in cheats.items():
    print(f"{name:14} {printed_novelty(drawn, split.train):.0%} new, such as {drawn[0][:32]}")

# %% [markdown]
# Repair it. `novelty(drawn, training)`, two lists of titles, is the number of drawn titles that pass all of this,
# divided by the number of drawn titles:
#
# - each of its words (by `words`) occurs in some training title, and it has at least one that is no article;
# - no training title has the same **key**: the words without the articles *the*, *a* and *an*, in any order, each as
#   often as it occurs;
# - no title drawn *before* it has the same key, whether that one counted or not: of equal ones only the first may
#   count.


# %% role="exercise" grade_id="novelty"
# Exercise 6
def novelty(drawn, training):
    """The share of drawn titles that are new, spelled in known words, and not said before."""

    ### BEGIN BROKEN
    # known = set(training)
    # return sum(title not in known for title in drawn) / len(drawn)
    ### END BROKEN
    ### BEGIN SOLUTION
    def key(title):
        return tuple(sorted(word for word in words(title) if word not in ("the", "a", "an")))

    vocabulary = {word for title in training for word in words(title)}
    seen, new = {key(title) for title in training}, 0
    for title in drawn:
        if key(title) and key(title) not in seen and vocabulary.issuperset(words(title)):
            new += 1
        seen.add(key(title))
    return new / len(drawn)
    ### END SOLUTION


# %% role="check" grade_id="novelty"
def novelty_with(
    articles=("the", "a", "an"),
    by=words,
    order=True,
    spelled="title",
    repeats=True,
    once=True,
    remembered="all",
    empty=True,
    of="drawn",
    sets=False,
    keyed=True,
    known=all,
    cut_out=False,
):
    """The share by a slow loop, with faults."""

    def share(drawn, training):
        def key(title):
            text = re.sub("a ", "", title) if cut_out else title
            kept = [word for word in by(text) if word.lower() not in articles]
            kept = list(set(kept)) if sets else kept
            return tuple(sorted(kept) if order else kept)

        vocabulary = [word for title in training for word in by(title)]
        keys, new = [key(title) if keyed else title for title in training], 0
        all_keys, counted = [key(title) for title in drawn], []
        for place, title in enumerate(drawn):
            mine = all_keys[place]
            good = mine not in keys and (bool(mine) or not empty)
            looked_up = {"title": by(title), "key": mine, "nothing": ()}[spelled]
            good = good and known(word in vocabulary for word in looked_up)
            if repeats:
                before = all_keys[:place] if remembered == "all" else counted
                good = good and (mine not in before if once else all_keys.count(mine) == 1)
            counted += [mine] if good else []
            new += good
        return new / (len(drawn) if of == "drawn" else len(set(all_keys)))

    return share


TRAINED = [
    "The Red Rose",
    "Rose of the Hill",
    "A Jig to the Lass",
    "Hill to Hill",
    "The Lass o' Gowrie",
]
DRAWN = [
    [
        "Red Hill",
        "The Red Hill",
        "RED hill!",
        "Lass of the Hill",
        "An Hill Lass",
        "Rose Red, The",
        "Green Hill",
    ],
    [
        "A Rose, a Rose",
        "the",
        "Gowrie Jig",
        "Jig o' Gowrie",
        "Hill to the Hill",
        "Hill To",
        "Jig to Jig",
        "Lass to a Jig",
    ],
    [
        "Blue",
        "The Hill of the Rose",
        "Red Lass",
        "Jig of the Red Rose",
        "Lass Red",
        "",
        "An Lass",
        "Lass",
        "Lass, Red Jig",
        "THE RED ROSE",
    ],
]
OLD = [
    "Old Rose",
    "An Old Hill",
    "Old Hill",
    "Old Red",
    "Polka Hill",
    "Hill Polka",
    "Old Polka",
]
novelty_cases = [(drawn, TRAINED) for drawn in DRAWN]
novelty_cases.append((OLD, [*TRAINED, "An Old Rose", "Polka"]))
checked_novelty = check(
    6,
    "novelty",
    cases=[(case, novelty_with()(*case)) for case in novelty_cases],
    mistakes={
        "This is the printed score: capitals, order, articles, noise and repetition all pass for new.": (
            lambda drawn, training: sum(title not in training for title in drawn) / len(drawn)
        ),
        "Words that no training title has are noise, as far as anybody can say: they do not count.": novelty_with(
            spelled="nothing"
        ),
        "An article is a word too: where no training title has it, it is not known.": novelty_with(
            spelled="key"
        ),
        "There are three articles: `an` is one.": novelty_with(articles=("the", "a")),
        "Capitals make nothing new: take the words by `words`.": novelty_with(
            by=lambda title: re.findall(r"[A-Za-z]+", title)
        ),
        "Signs make nothing new: take the words by `words`, not by blanks.": novelty_with(
            by=lambda title: title.lower().split()
        ),
        "What was drawn before, by its key, counts once.": novelty_with(repeats=False),
        "Of equal titles the first may count; yours counts none of them.": novelty_with(
            once=False
        ),
        "A title that did not count was drawn all the same: keep its key too, so that its like does not count later.": (
            novelty_with(remembered="counted")
        ),
        "Divide by all drawn titles, not by the different ones: else saying one thing for ever costs nothing.": (
            novelty_with(of="different")
        ),
        "Divide by all drawn titles, not by the different ones. And keep the key of a title that did not count, too.": (
            novelty_with(of="different", remembered="counted")
        ),
        "The articles do not count for the key, neither in the drawn nor in the training titles.": novelty_with(
            articles=()
        ),
        "The order does not count for the key: sort its words.": novelty_with(order=False),
        "A key has each word as often as it occurs: `Hill to Hill` is not `Hill to`.": novelty_with(
            sets=True
        ),
        "A training title has a key, too: what is compared with theirs is the key, not the title.": novelty_with(
            keyed=False
        ),
        "An article is a whole word: taken out as letters, `a ` is also missed where a word ends in a.": novelty_with(
            cut_out=True
        ),
        "Each of a title's words has to be known; one is not enough.": novelty_with(known=any),
        "A title of articles alone, or of nothing, is no title.": novelty_with(empty=False),
    },
    hint="Make a function for the key. Keep a set of the keys that you have seen, first those of all training titles, "
    "then of each drawn title as you go on.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="novelty" points=2
for case in range(4):
    letters = random.integers(0, 10, size=(11, 4))  # nine known words, two strange ones
    pool = ["".join("abcdefghij"[letter] for letter in word) for word in letters]
    pool[6] += "a"  # of which no article is to be cut

    absent, *shown = (("the", "a", "an")[place] for place in random.permutation(3))

    def some_titles(count, known, articles, pool=pool):
        made = []
        for _ in range(count):
            title = [
                pool[place]
                for place in random.integers(0, known, size=int(random.integers(1, 4)))
            ]
            article, place, style = random.integers(0, (6, len(title) + 1, 3))
            if article < len(articles):
                title.insert(place, articles[article])
            made.append((str.title, str.upper, str)[style](" ".join(title)))
        return made

    training = [*some_titles(12, 9, shown), " ".join([*shown, *pool[:9]])]
    drawn = [*some_titles(40, 11, ("the", "a", "an")), "The", "", *training[:2]]
    # longer than the others, so of a key of their own: one with signs, one with an article that no training title has,
    # and one that comes with that article and, later, without it
    signs, strange, again = (
        " ".join([pool[place]] * 3 + [pool[place + 1]]) for place in (0, 2, 4)
    )
    drawn += [f"{signs.replace(' ', ', ')}!", f"{absent} {strange}"]
    drawn += [
        " ".join(each) for each in ([pool[6], *[pool[7]] * 3], [*[pool[7]] * 3, pool[6]])
    ]
    drawn = [drawn[place] for place in random.permutation(len(drawn))]
    first, then = sorted(random.integers(0, len(drawn), size=2))
    drawn[then:then] = [again]
    drawn[first:first] = [f"{absent} {again}"]
    publish(**{f"novelty_{case}": novelty(drawn, training)})

# %% [markdown]
# The cheats once more, by your function, and those that you trained. The yardstick is the held-out titles: people who
# name tunes use words that are in no training title, so even they are far from 100 %. And two new cheats, who have
# read your program: a *salad* is three known words in any order, drawn from a list of all words, or as often as titles
# use them. Beside the scores stands the distance of 3-grams to validation titles.

# %%
random = np.random.default_rng(10)
used = [word for title in split.train for word in words(title)]
salads = {
    f"salad, {name}": [" ".join(random.choice(bag, 3)) for _ in range(300)]
    for name, bag in (("any words", sorted(set(used))), ("common ones", used))
}
for name, drawn in {**cheats, **salads, "held out": list(split.test), **live}.items():
    print(
        f"{name:18} printed {printed_novelty(drawn, split.train):4.0%}, "
        f"yours {checked_novelty(list(drawn), list(split.train)):4.0%}, distance "
        f"{text_scores.ngram_distance(drawn[:248], split.validation[:248]):.2f}"
    )
for name, drawn in salads.items():
    print(textwrap.fill(f"{name}: {'; '.join(drawn[:4])}", 90, subsequent_indent="  "))

# %% [markdown]
# A salad gets full marks, three times those of titles that people made. So *more is not better*: the row of the
# held-out titles is a yardstick, and whoever is far above it is as odd as who is far below. The score sees whether
# words are known, and whether the title was said before. It cannot see whether words go together; and a word of
# one's own, such as people use, it takes for noise. So it is read beside the distance. Noise and the one idea betray
# themselves there, and so does a salad of any words; one of common words is only a little further off than held-out
# titles are, for three letters hardly look across a space. What neither number sees is sense. For that one has to
# read.
#
# ## The contest
# One run proves little. `data/make_titles.py` gave each writer the same processor time, three seeds each: n-gram,
# recurrent network, one block of attention, and the GAN by each of its three ways, $\tau = 1$, and with Gumbel-softmax
# also at $\tau = 0.3$. Measured are: **bits** a letter on held-out titles (a GAN has no likelihood: the table says
# none); the share of titles whose words are all **known**; the **distance** of 3-grams of letters to held-out titles (0
# to 1, lower is better); and, of the first seed's 1,000 titles, **your novelty**, which is good if it is near that of
# *validation*, not if it is high. Nobody was trained on the last three. *Training* is what training titles themselves
# get, the perfect copier: the floor of the distance, and caught by your score.
#
# **Predict first.** You have met two of those that predict. Will the third, which attends, have more bits than they, or
# fewer? Three seeds each: will the worst run of one that predicts still be closer to real titles than the best run of a
# GAN? And which of the three ways is best for the GAN, which worst?


# %% role="spoiler" fold="Print the table"
def spread_of(rows, column, digits=2):
    """The mean over the seeds, and the lowest and highest of them."""
    values = [row[column] for row in rows if row[column] is not None]
    if not values:
        return "none"
    mean = f"{np.mean(values):.{digits}f}"
    return (
        mean
        if len(values) == 1
        else f"{mean} ({min(values):.{digits}f}-{max(values):.{digits}f})"
    )


table = {}
for row in read_table("titles.csv"):
    if row["temperature"] in (1, None):
        table.setdefault(row["model"], []).append(row)
drawn_by |= {"training": list(split.train), "validation": list(split.validation)}
print(f"{table['recurrent'][0]['budget']:.0f} processor seconds each")
print(f"{'':22}{'bits':>18}{'known':>18}{'distance':>18}{'your novelty':>14}")
for model, rows in table.items():
    cells = [spread_of(rows, column) for column in ("bits", "known_words", "ngram_distance")]
    own = checked_novelty(drawn_by[model], list(split.train))
    print(f"{model:22}" + "".join(f"{cell:>18}" for cell in cells) + f"{own:14.0%}")

# %% [markdown]
# **The one that counts wins.** The n-gram is closest to held-out titles, hardly further off than titles that were
# learnt from; it spells as many titles in known words throughout as people do, a third; by your score it says as much
# that is new as they do; and it took less than three of the thirty seconds. In bits the recurrent network is level
# with it, within the error of either, and yet few of its titles are spelled right to the end. Bits are an average
# over letters. A likely reason: the n-gram, where it has seen the last four letters, goes on as a training title did,
# word after word; the network leaves a little probability everywhere, and in a title of 18 letters it slips sooner or
# later. The block of attention comes third: half a minute is short for a model that begins without any idea of
# neighbours. With 2,000 titles, copying in small pieces is hard to beat. That is a statement about this budget; more
# titles and more time favour the networks.
#
# **The GANs are last**, all three ways: no seed of theirs comes near the distance of a model that predicts, and of a
# hundred titles about one at most has known words only, so your score gives them next to nothing. Straight-through is
# the best of them by distance. REINFORCE follows. And Gumbel-softmax at $\tau = 1$ walked into the trap that the
# triangle showed: D tells porridge from letters without reading, and G can only become sure, of anything. In the
# worst run its thousand titles are 32 different ones. But that row tells of a temperature, not of the method: at
# $\tau = 0.3$, with all else the same, about nine titles in ten are different ones, and the distance is about that of
# REINFORCE. And the column *bits* says none: ask a GAN what a title costs, and it has no answer.
#
# The GANs' settings were chosen by three short trials that looked at the distance to these very *test* titles; the
# n-gram's order, and the best weights of the two networks that predict, on validation titles. If that helped anybody,
# then those who are last.
#
# Validation titles have a larger distance than the n-gram's: there are 251 of them and not 1,000, and few titles make
# a rough histogram. Compare equal numbers only.
#
# ## At equal variety
# Somebody might object: the GAN is bolder, and so the comparison is unfair. A model that predicts has a knob for that,
# lesson 12's temperature: cool, it writes well and repeats itself; hot, it is bold and spells badly. So the fair
# question is asked of the whole curve (Caccia and others, 2020): is there a temperature at which the predictor is as
# varied as the GAN, and spells better? Variety is measured by **self-overlap**: the share of a title's runs of four
# letters that another of the 1,000 has too. Real titles overlap as well, for there are many reels.
#
# **Predict first.** Sketch it: self-overlap to the right, distance to held-out titles upwards. Where do training
# titles lie, where the GANs, and how does the n-gram's curve run between temperature 0.5 and 1.25?

# %% role="spoiler" fold="Draw quality against variety"
figure, axes = plt.subplots(figsize=(6.8, 4.0))
rows = read_table("titles.csv")
MEASURES = ("self_overlap", "ngram_distance")


def point_of(chosen):
    return [np.mean([row[measure] for row in chosen]) for measure in MEASURES]


for model, role, style in (("n-gram", "discriminator", "-"), ("recurrent", "generator", "--")):
    mine = [row for row in rows if row["model"] == model]
    curve = {
        each: point_of([row for row in mine if row["temperature"] == each])
        for each in sorted({row["temperature"] for row in mine})
    }
    look = {"linestyle": style, "color": plots.COLOURS[role], "label": model}
    axes.plot(*np.transpose(list(curve.values())), plots.MARKERS[role], **look)
    shift = (-4, -13) if model == "n-gram" else (3, 6)
    for each, point in curve.items():
        axes.annotate(
            f"{each:g}",
            point,
            textcoords="offset points",
            xytext=shift,
            ha="center",
            fontsize=8,
        )
for name, chosen in table.items():
    gan_here = name.startswith("gan")
    role = "fake" if gan_here else "neutral" if name == "attention" else "real"
    if name not in ("n-gram", "recurrent", "validation"):
        x, y = point_of(chosen)
        axes.plot(x, y, plots.MARKERS[role], color=plots.COLOURS[role], markersize=8)
        label = name.replace("_", " ").replace("gan", "GAN")
        axes.annotate(
            label,
            (x, y),
            textcoords="offset points",
            xytext=(0, 8 if gan_here else -15),
            ha="right" if x > 0.85 else "center",
            fontsize=8,
        )
axes.set(
    title="Low is well spelled, left is varied",
    xlabel="self-overlap: share of letter 4-grams that another title has too",
    ylabel="3-gram distance to held-out titles",
    xlim=(0.3, 1.05),
    ylim=(0.1, 1.05),
)
axes.legend(loc="upper center")
plots.show(
    figure,
    alt="Points over self-overlap and distance. The curves of n-gram and recurrent network run from the right, at "
    "temperature 0.5, to the left, at 1.25, far below the points of the four GANs; training titles lie lowest.",
)

# %% [markdown]
# The two GANs that are most varied, straight-through and REINFORCE, are further left than either curve reaches at 1.25,
# so at *exactly* their variety nothing was measured. But what was measured leaves no trade that would save them: the
# recurrent network at 1.25 comes near straight-through in variety and is much closer to real titles, and at every
# temperature, from timid to wild, both predictors are closer to them
# than any of the GANs. Nor is being far left a merit in itself: there lies REINFORCE, whose titles share least
# because they are no words. (Gumbel-softmax at $\tau = 1$, far right, manages both, bad spelling and the same again
# and again.) The curves have a lowest point: cooled down, a writer repeats the commonest runs too often, and is
# *further* from real titles, though each title is better spelled. (Bits can say none of this; they are those of
# temperature 1.)
#
# ## The nearest training title
# What was copied? Beside each drawn title the training title that needs the fewest edits (a letter put in, taken out
# or exchanged), and for a yardstick the same for held-out titles, which are no copies. Each name opens with a click.

# %% fold="Find the nearest training title of each"
import html

from IPython.display import HTML, display

random = np.random.default_rng(9)
shown = {
    name: drawn for name, drawn in drawn_by.items() if name not in ("training", "validation")
}
print("edits to the nearest training title: none, 1 to 3, median")
pairs = {}
for name, drawn in shown.items():
    some = [drawn[place] for place in random.choice(len(drawn), 100, replace=False)]
    pairs[name] = [(title, *text_scores.nearest(title, split.train)) for title in some]
    edits = np.array([edit for *_, edit in pairs[name]])
    print(
        f"{name:22} {np.mean(edits == 0):4.0%} {np.mean((edits > 0) & (edits < 4)):5.0%} {np.median(edits):5.0f}"
    )
for name, found in pairs.items():
    lines = [f"{title:34} {edits:2.0f} edits from {near}" for title, near, edits in found[:10]]
    inside = html.escape("\n".join(lines))
    display(
        HTML(f"<details><summary>{name}: ten titles</summary><pre>{inside}</pre></details>")
    )

# %% [markdown]
# No writer copies whole titles, or hardly one in a hundred. The n-gram's are a little nearer to training titles than
# those that people made up, and you have seen why: it copies in pieces of five letters, as lesson 11's new painting
# did in pieces of some pixels. The networks' are further off, and straight-through's the furthest, which is no merit:
# noise is far from everything. And the other GANs come near without copying: they write short titles, and a few
# letters are never far from something. A distance means something beside the row of the real ones,
# and in no other way.
#
# ## Why text resists
# Four reasons, each of which you have seen.
#
# - A letter has no slope. Every way round it pays in bias, in variance or in a D that looks at the wrong thing.
# - A verdict asks for quality and not for variety, and draws break every tie (exercises 1 and 2).
# - D is too good. One impossible letter betrays a title, as one soft letter did, and a D that is sure teaches little
#   (lesson 1: the divergence saturates).
# - The rival has what a GAN throws away. For a picture nobody can write down the probability of the next pixel in a
#   useful way cheaply; for a letter it is one softmax, its exact gradient costs nothing, and its score on held-out
#   titles says at once whether it works.
#
# Where the third and the fourth do not hold, judges came back: a writer that *first* learns to predict, and *then* is
# pushed by a policy gradient towards what people prefer, is how today's assistants are finished. There REINFORCE, with
# a baseline and few steps, is at home. Lesson 16 does that with your taste.
#
# ## What we saw
# - The verdict on a chosen letter is a step; its average over the draws is smooth, with the gradient
#   $\pi_j (f_j - V)$.
# - REINFORCE needs no slope and has no bias; without a baseline it hears every constant, with its own reward in the
#   baseline it bends, and its variance grows with the length of the word.
# - Gumbel noise turns a draw into an argmax; softened, that shows D porridge. Straight-through shows D letters and
#   lies on the way back; for a linear judge the plain lie is the truth.
# - Bias or variance: the budget decides, and the estimate 0 is on offer too.
# - A program that crashes misleads nobody. One loss for both players and noise for data run smoothly.
# - Novelty, counted naively, is highest for noise; repaired, it is highest for a salad. A score needs a cheat before it
#   is trusted, a yardstick, and a second score beside it.
# - On 2,000 titles and thirty seconds the n-gram wins, the network is level in bits and not in spelling, and the GANs
#   are last, whichever way they take round the choice.
#
# ## Quiz
#
# <details><summary>1. A colleague subtracts from each word's reward the mean reward of the words that begin with the
# same letter, "the best baseline there is". What does the first letter learn?</summary>
# Nothing. Among the words with one first letter, the rewards minus their mean add up to 0, and so does the push: this
# baseline depends on the letter, and takes away just what was to be learnt.</details>
#
# <details><summary>2. Plain straight-through is exact for a linear judge. Why not build D linear, then?</summary>
# A linear D adds up a number for each letter at each place. It knows which letters are frequent where, and nothing of
# which stand side by side. The estimate would be perfect, and the teacher blind.</details>
#
# <details><summary>3. Somebody reports that D's accuracy stays at 100 % from the first step, with Gumbel-softmax at
# temperature 1. What do you ask first?</summary> What D is shown as real. One-hot letters? Then it may look at the
# largest number of each place and never read. Show it hard letters (straight-through), or real ones blurred in the
# same way.</details>
#
# <details><summary>4. A writer has 100 % printed novelty, and nobody says what its bits are. Is it a GAN or a cat on a
# keyboard?</summary> One cannot tell from that. Ask for known words, for distance to held-out titles with its floor,
# for repetition, and read ten of them that you have not chosen.</details>
#
# <details><summary>5. Your budget allows one draw a step, the gradient is short and the variance large. By exercise 5
# you should stay where you are. Why does training work all the same?</summary>
# With a small learning rate many steps see nearly the same logits, so their draws are averaged: n is the number of
# steps in which little changes, not 1. A bias is not averaged away.</details>
#
# ## Where next
# Give the GAN ten minutes: `text_training.fit(gan, alphabet, split.train, seconds=1200)` goes on where it stands. Try
# `text_gan.small(alphabet, discrete="gumbel_softmax", temperature=0.5)`. Lesson 14 writes couplets with a model that
# predicts, where the verdict comes from rhyme, and lesson 16 asks people.
#
# ## References
# - R. Williams, *Simple statistical gradient-following algorithms for connectionist reinforcement learning*, Machine
#   Learning 8, 1992. Section 4: REINFORCE, and why a baseline does not bend it.
# - R. Sutton, D. McAllester, S. Singh, Y. Mansour, *Policy gradient methods for reinforcement learning with function
#   approximation*, NeurIPS 1999. Section 1: what a first letter is worth.
# - E. Gumbel, *Statistical theory of extreme values and some practical applications*, 1954. C. Maddison, D. Tarlow,
#   T. Minka, *A\* sampling*, NeurIPS 2014, section 2: the argmax with noise.
# - E. Jang, S. Gu, B. Poole, *Categorical reparameterization with Gumbel-softmax*, ICLR 2017 (arXiv:1611.01144).
#   Section 2.2: straight-through with noise.
# - C. Maddison, A. Mnih, Y. W. Teh, *The concrete distribution*, ICLR 2017 (arXiv:1611.00712).
# - Y. Bengio, N. Léonard, A. Courville, *Estimating or propagating gradients through stochastic neurons for
#   conditional computation*, 2013 (arXiv:1308.3432). Section 4: straight-through, which is credited to Hinton's
#   lectures.
# - W. Kool, H. van Hoof, M. Welling, *Stochastic beams and where to find them*, ICML 2019 (arXiv:1903.06059). Section
#   2: different letters in the order of ringing.
# - L. Yu, W. Zhang, J. Wang, Y. Yu, *SeqGAN: sequence generative adversarial nets with policy gradient*, AAAI 2017
#   (arXiv:1609.05473).
# - M. Kusner, J. M. Hernández-Lobato, *GANs for sequences of discrete elements with the Gumbel-softmax distribution*,
#   2016 (arXiv:1611.04051).
# - M. Caccia, L. Caccia, W. Fedus, H. Larochelle, J. Pineau, L. Charlin, *Language GANs falling short*, ICLR 2020
#   (arXiv:1811.02549). The comparison over temperatures.
# - C. de Masson d'Autume, M. Rosca, J. Rae, S. Mohamed, *Training language GANs from scratch*, NeurIPS 2019
#   (arXiv:1905.09922).

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings: up to the good place to stop with exercises 1 to 4, then the rest. The time under the title
# is by the course's rule, and tight: one who read every word and solved everything put it at 157 minutes, and the
# longest stretch at the four estimators and the two kinds of judge. With 50 minutes: the
# cell that pushes a logit, exercise 2 with the writers that spell, the triangle, and the three faults. Exercises 1
# and 5 make good homework. While the two networks train, let them write down what they expect to read.
#
# **The tables** come from `data/make_titles.py`, which can be stopped and taken up again. The GANs' settings come
# from three short trials, judged by the distance to *test* titles. In one of them Gumbel-softmax at 0.3 did not
# collapse; so it was given a row of its own, and its three seeds do not collapse either.
#
# **Usual misconceptions.**
#
# - "A draw has a gradient, a small one." It has none, where it has one at all. The average has.
# - "A baseline makes REINFORCE biased." Not one that was fixed before the draw; exercise 2 has both kinds.
# - "Gumbel-softmax draws letters." It draws points in the triangle.
# - "stop_gradient is a detail." Exchange two names, and D reads porridge while G learns nothing.
# - "Straight-through is right at low temperature." Its bias goes if the judge is a parabola between letters; for the
#   cubic it stays, and a network is no parabola.
# - "A novelty of 100 % is better than one of 33 %." Ask for the salad.
# - In exercise 1 many forget that row k is used only if the first letter is k.
# - In exercise 6 most stop after capitals and repetition. Ask who of them would fall for noise.
#
# **Ask.**
#
# - "What would D have to be for REINFORCE to be the only way?" (A person, a rhyme dictionary, a compiler.)
# - "Would you rather know a model's bits or read ten of its titles?" (Both; and who chose the ten?)
# - "The titles are those of Irish tunes. Whose are the names that the models make?" (Lesson 20.)
