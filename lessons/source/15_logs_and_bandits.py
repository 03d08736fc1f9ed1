# %% [markdown]
# # 15. Advertisements: logs and bandits
# Who judges a generator? In lesson 7 it was a distance, and a panel of people. In an advertising agency it is a click:
# two pictures go out, and the one that more people click on stays. That sounds like the most honest measure there is,
# and it can be the most treacherous. Clicks are rare, so they are noisy. Somebody chose what was shown, so a record of
# clicks is a record of those choices. And whoever looks at the numbers every morning, and stops when they please, finds
# winners where there are none. In this lesson you take a real record apart, 60,000 impressions and 287 clicks, and say
# what it shows, what it cannot show, and what to show next. (In lesson 16 the clicks steer a generator.)
#
# **You will be able to**
#
# - read a log of impressions, and score predictions of clicks without throwing the clicks away;
# - give a click rate, and a difference of two, an interval that keeps its word;
# - plan an A/B test, say what peeking does to it, and what a cure costs;
# - estimate from one policy's log what another would have earned, and say when that estimate is worth nothing;
# - write Thompson sampling for any prior, and measure its regret.
#
# **Time:** {minutes} minutes, six exercises included. All cells together run in about a minute. **Assumed:** NumPy,
# mean and variance, standard errors, the binomial and the normal distribution, Bayes' rule. No network is trained: the
# simple things are the subject.
#
# **Notation.** A **log** has rows $t = 1, \dots, n$. In row $t$ a policy $\pi_0$ showed item $i_t$, one of $k$; it did
# so with probability $p_t$, its **propensity**; the click was $r_t = 1$, or else $r_t = 0$. $q(i)$ is the click rate of
# item $i$, which nobody knows. Items are articles here, and elsewhere banners or creatives; to show one once is an
# **impression**. $n$ counts impressions and $c$ clicks, of a log or, as in $n(i)$ and $c_a$, of an item or an arm. The
# policy we ask about is $\pi$, the **target**. Hats are estimates: $\hat q$. **Spread** is a standard deviation.

# %% role="setup"
import math

import numpy as np

from course_lib.checks import check
from course_lib.theory.bandits.proportions import wilson_interval

# %% [markdown]
# ## Where we are going
# A fashion shop showed articles on three pages (campaigns "all", "men" and "women") by two policies at once. One was
# **uniform**: each article with the same probability. The other, "bts", learned from clicks (by Bernoulli Thompson
# sampling; you will write one). So there are two ways to say what the uniform policy earns: count the clicks of its
# own rows, or *compute it from the rows of the other policy*, by weighting them. Here are both, 10,000 rows each, and
# the bars are 95 % intervals.

# %% fold="Load the logs, and draw both"
import matplotlib.pyplot as plt

from course_lib import CourseError, plots
from course_lib.datasets.clicks import CAMPAIGNS, FEATURES, POLICIES, from_csv, load_clicks
from course_lib.datasets.tables import read_table
from course_lib.theory.bandits import bootstrap, off_policy

plots.use_course_style()
own = {campaign: load_clicks("random", campaign) for campaign in CAMPAIGNS}
other = {campaign: load_clicks("bts", campaign) for campaign in CAMPAIGNS}


def uniform_weights(log):
    """Target over propensity, (n,): how many rows of the uniform policy each row stands for."""
    return off_policy.importance_weights(1 / log.item_count, log.propensities)


def weighted_interval(log, rows=slice(None)):
    """The weighted click rate of some rows, and the middle 95 % of 500 bootstrap logs."""
    columns = log.clicks[rows], uniform_weights(log)[rows]
    draws = bootstrap.bootstrap(off_policy.self_normalised, *columns, draws=500)
    return off_policy.self_normalised(*columns), bootstrap.percentile_interval(draws)


def draw_values(values):
    """values: name -> {campaign: (value, (low, high))}."""
    figure, axes = plt.subplots(figsize=(6.8, 3.4))
    for place, (role, (name, rows)) in enumerate(
        zip(("real", "fake", "generator"), values.items(), strict=False)
    ):
        middle, ends = zip(*rows.values(), strict=True)
        middle, ends = 100 * np.array(middle), 100 * np.array(ends)
        axes.errorbar(
            np.arange(len(rows)) + 0.15 * (place - (len(values) - 1) / 2),
            middle,
            yerr=np.abs(ends.T - middle),
            fmt=plots.MARKERS[role],
            color=plots.COLOURS[role],
            linewidth=1.8,
            label=name,
        )
    axes.set_xticks(range(len(CAMPAIGNS)), CAMPAIGNS)
    axes.set(
        title="What the uniform policy earns", xlabel="campaign", ylabel="click rate in %"
    )
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8, loc="upper left")
    return figure


measured = {
    name: (log.rate, tuple(map(float, wilson_interval(log.clicked, len(log)))))
    for name, log in own.items()
}
by_weights = {name: weighted_interval(log) for name, log in other.items()}
plots.show(
    draw_values(
        {"counted in its own rows": measured, "computed from rows of bts": by_weights}
    ),
    alt="For each of three campaigns two points with bars, near 0.4 % counted and 0.2 to 0.3 % computed. The bar of "
    "women's computed value is by far the longest.",
)

# %% [markdown]
# The bars overlap everywhere; it seems to work, although one bar is long.
#
# **Predict first.** An orange value is a mean over 10,000 rows. Leave out the *one* row that has most weight. By how
# much will the three values change: by a tenth at most, by a half, or more?

# %% role="spoiler"
for name, log in other.items():
    w = uniform_weights(log)
    heaviest = int(w.argmax())
    without, ends = weighted_interval(log, np.arange(len(log)) != heaviest)
    print(
        f"{name:6} the heaviest row holds {w[heaviest] / w.sum():4.0%} of all weight; "
        f"value {by_weights[name][0]:.2%}, without it {without:.2%} ({ends[0]:.2%} to {ends[1]:.2%})"
    )

# %% [markdown]
# An average of ten thousand rows, of which one has two thirds of the say; without it, the value is three times as
# large. The long bar gave a hint, but not the reason. How such a row comes about, and how to notice it, is the second
# half of this lesson. First the easier question: what do clicks tell when we *do* choose what to show?
#
# ## The log
# Six parts of 10,000 rows each: a sample of the Open Bandit Dataset, one week of November 2019. A part is a set of
# columns; three articles stand side by side on the page, in positions 1 to 3.

# %% tags=["nbval-check-output"]
log = own["men"]
print(log, "\n")
print("time                 item position click propensity")
for t in range(3):
    print(
        f"{str(log.times[t])[:19]}  {log.items[t]:4} {log.positions[t]:8} {log.clicks[t]:5} "
        f"{log.propensities[t]:10.5f}"
    )
print("\npart          items  clicks  shown: fewest and most  items without a click")
everything = [load_clicks(p, c) for c in CAMPAIGNS for p in POLICIES]
assert all(
    3200 < (part.positions == place).sum() < 3450 for part in everything for place in (1, 2, 3)
)
assert all(
    np.allclose(part.propensities * part.item_count, 1, atol=1e-3) for part in everything[::2]
)
for part in everything:
    shown, clicked = part.counts
    print(
        f"{part.policy:6} {part.campaign:6} {part.item_count:5} {part.clicked:7} {shown.min():11} {shown.max():10} "
        f"{(clicked == 0).sum():17} of {part.item_count}"
    )
print("clicks in all:", sum(part.clicked for part in everything))

# %% [markdown]
# **Cleaning** is asking of each column what can be wrong with it, and saying so before anything is computed. A row that
# is there twice? (Then a click counts twice.) A time that runs backwards? A click where nothing was shown? A propensity
# of 0: shown, though it could not be? The loader asks all of these, and mends nothing in silence, because whether a
# second row is a mistake only the log's maker knows. On a small log with one fault at a time:

# %%
head = "policy,campaign,timestamp,item_id,position,click,propensity_score," + ",".join(
    FEATURES
)
good = "random,men,2019-11-24 00:00:01+00:00,0,1,0,0.5,a,b,c,d"
faults = {
    "as it should be": good,
    "propensity 0": good.replace("0.5", "0"),
    "a click of a half": good.replace("1,0,0.5", "1,0.5,0.5"),
    "a click on nothing": good.replace(",0,1,0,", ",,1,1,"),
    "twice": f"{good}\n{good}",
    "no propensities": good,
}
for name, rows in faults.items():
    columns = head.replace("propensity_score", "price") if name == "no propensities" else head
    try:
        print(f"{name:20}", *from_csv(f"{columns}\n{rows}").values())
    except CourseError as error:
        print(f"{name:20}", error)

# %% [markdown]
# The real log passes: no row twice, times in order, the three positions about equally often, and the uniform policy's
# propensities are one over the number of items. (Of the other policy's propensities we shall find something
# that no such check can see.)
#
# ## A label from a click rate
# Much that is printed on advertising with generative models predicts clicks like this (names changed, fault kept):
#
# ```python
# ads["label"] = ads["click_rate"].astype(int)
# model.fit(ads[features], ads["label"])
# print("accuracy:", model.score(ads[features], ads["label"]))
# ```
#
# `features` is defined nowhere, so it stops at the second line. Let us define it, kindly.
#
# **Predict first.** The articles of campaign "all" have click rates between 0 and 3 %. What are the labels? What
# accuracy does a program reach that always says the same?

# %% role="spoiler" tags=["nbval-check-output"]
shown, clicked = own["all"].counts
click_rate = clicked / shown
label = click_rate.astype(int)
print("largest click rate", f"{click_rate.max():.3f}", "labels:", *np.unique(label))
always_no = np.zeros_like(label)
print(f"accuracy of 'nobody ever clicks': {(always_no == label).mean():.3f}")
print("clicks in the data:", clicked.sum(), " clicks in the labels:", (shown * label).sum())

# %% [markdown]
# An accuracy of 100 %, and not one click is left. `int` cuts towards 0, so a label of 1 would need an article that
# *everybody* clicks. Rounding would be no better. And accuracy is the wrong judge for what is rare: "never" is right in
# 99.6 % of impressions.
#
# Even kept as numbers, 80 rates are not 80 data points of equal worth: a rate of 1 % may be one click of a hundred, or
# a hundred of ten thousand. What happened are impressions, each clicked or not, and a model that predicts probabilities
# is judged by how probable it makes them: by the **cross-entropy** of lesson 3, in nats an impression.

# %% [markdown]
# ## Exercise 1: repair a label
# Of $k$ advertisements you know how often each was shown, `shown` $(k,)$, and which share of that was clicked, `rates`
# $(k,)$. Somebody predicts `predicted` $(k,)$, between 0 and 1. How good is that? An impression is a click or it is
# none, and each of the two costs what lesson 3's cross-entropy says: $-\log$ of the probability that was given to
# what happened. `click_loss(predicted, rates, shown)` is to be the mean of that **over all impressions**, in natural
# logarithms. An advertisement that was shown 500 times with a rate of 0.01 stands for 5 impressions that were clicked,
# and for 495 that were not.
#
# Two things are wrong in the program of the next cell. Find them before you mend them.


# %% role="exercise" grade_id="click_loss"
# Exercise 1
def click_loss(predicted, rates, shown):
    """The mean cross-entropy of an impression, a number, from predicted and observed rates (k,), shown (k,) times."""
    ### BEGIN BROKEN
    # labels = rates.astype(int)
    # losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    # return losses.mean()
    ### END BROKEN
    ### BEGIN SOLUTION
    losses = -(rates * np.log(predicted) + (1 - rates) * np.log(1 - predicted))
    return np.sum(shown * losses) / np.sum(shown)
    ### END SOLUTION


# %% role="check" grade_id="click_loss"
def click_loss_with(
    label=float, over="impressions", parts=("click", "none"), unit=1.0, sign=-1, whole=None
):
    """The loss, one advertisement after the other, with faults."""

    def loss(predicted, rates, shown):
        total = 0.0
        for chance, rate, count in zip(predicted, rates, shown, strict=True):
            clicked = whole(rate * count) / count if whole else label(rate)
            cost = clicked * math.log(chance) if "click" in parts else 0.0
            cost += (1 - clicked) * math.log(1 - chance) if "none" in parts else 0.0
            total += cost * (1 if over == "advertisements" else count)
        number = {"impressions": sum(shown), "sum": 1}.get(over, len(shown))
        return sign * total / number / unit

    return loss


LOSS_CASES = [
    ([0.2, 0.5, 0.9, 0.05], [1 / 8, 3 / 4, 10 / 40, 0.0], [8, 4, 40, 2]),
    ([0.6, 0.3], [18 / 20, 1.0], [20, 90]),
    (
        [0.1, 0.15, 0.7, 0.5, 0.4],
        [4 / 6, 60 / 300, 2 / 3, 1 / 12, 7 / 10],
        [6, 300, 3, 12, 10],
    ),
    # in Python 0.29 * 100 is 28.999..., and 0.28 * 100 is 28.000...04
    ([0.2, 0.4, 0.1], [29 / 100, 1 / 4, 28 / 100], [100, 20, 100]),
]
LOSS_CASES = [tuple(np.array(each) for each in case) for case in LOSS_CASES]
label_faults = {
    "a rate below 1 becomes 0 when it is made whole, so that every impression counts as not clicked": int,
    "a rounded rate says that all impressions were clicked, or none; a share of them was": round,
}
mean_faults = {
    "this is the mean over advertisements; one that was shown more often has more impressions": "advertisements",
    "this is the sum over the impressions, and their mean is wanted": "sum",
    "what is added up belongs to impressions, so do not divide by the number of advertisements": "both",
}
loss_mistakes = {
    "This is still the program as it was: try it on one advertisement, then on two of different size.": (
        click_loss_with(int, "advertisements")
    )
}
loss_mistakes |= {
    f"Both places are wrong: {one}. And {other}.": click_loss_with(label, over)
    for one, label in label_faults.items()
    for other, over in mean_faults.items()
    if (label, over) != (int, "advertisements")
}
loss_mistakes |= {
    f"One fault is left: {one}.": click_loss_with(label) for one, label in label_faults.items()
}
loss_mistakes |= {
    f"One fault is left: {one}.": click_loss_with(over=over)
    for one, over in mean_faults.items()
}
checked_click_loss = check(
    1,
    "click_loss",
    cases=[(case, click_loss_with()(*case)) for case in LOSS_CASES],
    mistakes=loss_mistakes
    | {
        "Impressions that were not clicked cost something, too: a prediction of nearly 1 would be free.": (
            click_loss_with(parts=("click",))
        ),
        "Impressions that were clicked cost something, too: a prediction of nearly 0 would be free.": (
            click_loss_with(parts=("none",))
        ),
        "Natural logarithms are wanted, and this is in bits.": click_loss_with(
            unit=math.log(2)
        ),
        "Counting clicks is a good way, but 0.29 * 100 is 28.999... in Python, which is cut to 28. Round, or leave it "
        "as it is.": click_loss_with(whole=math.floor),
        "Counting clicks is a good way, but 0.28 * 100 is 28.000...04 in Python, which becomes 29. Round, or leave it "
        "as it is.": click_loss_with(whole=math.ceil),
        "A loss is not below 0: the logarithm of a probability is, and there is a minus to it.": (
            click_loss_with(sign=1)
        ),
    },
    hint="How many clicks, and how many impressions without one, does each advertisement stand for? Each of them has "
    "its cost. What do you divide by?",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="click_loss" points=1
losses = []
for _ in range(5):
    k = int(random.integers(5, 9))
    shown = random.integers(5, 60, size=k)
    shown[0] *= 20  # one that is shown most, so that the two means differ
    clicked = random.integers(1, shown)
    clicked[1], clicked[2] = 0, shown[2]  # none, all; the others' rates are no whole numbers
    # in Python 0.29 * 100 is 28.999..., and 0.28 * 100 is 28.000...04
    shown[3:5], clicked[3:5] = 100, (29, 28)
    predicted = random.uniform(0.05, 0.95, size=k)
    predicted[3:5] = random.uniform(0.05, 0.2, size=2)
    losses.append(click_loss(predicted, clicked / shown, shown))
publish(losses=losses)

# %% [markdown]
# Your loss chooses between three predictions. All learn from the uniform policy's first 5,000 rows and are judged on
# the 5,000 that follow: the article's own rate (with 0 replaced by a millionth, since a click on what "cannot happen"
# costs infinitely much), the rate of all articles together, and a **shrunk** rate, pulled towards the common one as if
# each article had been shown $s$ times more, at the common rate:
#
# $$ \hat q_s(i) = \frac{c(i) + s\, \hat q}{n(i) + s}, \qquad \hat q = \frac{\sum_i c(i)}{\sum_i n(i)} . $$
#
# With $s = 1{,}000$, a guess: the 60 to 150 impressions of an article count a tenth of that.
#
# **Predict first.** Which of the three has the lowest loss on rows that it has not seen, or is there no difference
# worth the name?

# %% role="spoiler"
from course_lib.theory.bandits import item_rates


def tally(log, rows):
    """How often each item was shown and clicked in some rows, (k,) each."""
    counted = np.bincount(log.items[rows], minlength=log.item_count)
    return counted, np.bincount(log.items[rows], log.clicks[rows], minlength=log.item_count)


early, late = slice(0, 5000), slice(5000, None)
print("nats an impression:   own rate  common rate  shrunk, s = 1,000")
for name, log in own.items():
    (n, c), (n_late, c_late) = tally(log, early), tally(log, late)
    common = np.full(log.item_count, c.sum() / n.sum())
    shrunk = (c + 1000 * common) / (n + 1000)
    assert np.allclose(shrunk, item_rates.item_rates(n, c, strength=1000))
    losses = [
        checked_click_loss(guess, c_late / n_late, n_late)
        for guess in (np.maximum(c / n, 1e-6), common, shrunk)
    ]
    print(f"{name:20}", "".join(f"{loss:11.4f}" for loss in losses))

# %% [markdown]
# The article's own rate, the obvious choice, is the worst by far: most of its zeros are no property of the article, but
# of having been shown too seldom. The common rate and the shrunk one differ by 0.0002 at most. So does an
# article's past tell *anything* of its future? Before we ask that, we need to know how sure a rate is.
#
# ## How sure is a rate?
# Of $n$ impressions $c$ were clicked, $\hat q = c / n$. The interval of many textbooks, after **Wald**, takes the
# spread of $\hat q$ from $\hat q$ itself. **Wilson** (1927) asks instead: which true rates $q$ are compatible with what
# was seen, each judged by *its own* spread? For 95 %:
#
# $$ \text{Wald: } \hat q \pm 1.96 \sqrt{\hat q (1 - \hat q) / n}, \qquad
#    \text{Wilson: all } q \text{ with } |\hat q - q| \le 1.96 \sqrt{q (1 - q) / n} . $$
#
# The second is a quadratic inequality in $q$; its two solutions are the ends.

# %% tags=["nbval-check-output"]
from course_lib.theory.bandits.proportions import coverage, wald_interval

normal = 1.959964  # a standard normal variable is within this of 0 in 95 % of cases
for c, n in ((46, 10_000), (1, 125), (0, 125)):
    low, high = wilson_interval(c, n)
    ends = np.roots([1 + normal**2 / n, -(2 * c / n + normal**2 / n), (c / n) ** 2])
    assert np.allclose(sorted(ends.real), (low, high), atol=1e-8)
    for end in (low, high):
        assert np.isclose(abs(c / n - end), normal * np.sqrt(end * (1 - end) / n), atol=1e-7)
    wald_low, wald_high = wald_interval(c, n)
    print(
        f"{c:3} of {n:6,}: Wald {wald_low:.4f} to {wald_high:.4f}, Wilson {low:.4f} to {high:.4f}"
    )

# %% [markdown]
# After no click at all Wald is *certain* that nobody will ever click. Whether an interval keeps its word can be
# computed exactly: for a true rate $q$, add up the binomial probabilities of all counts $c$ whose interval holds $q$.
# That is its **coverage**, and "95 %" is a promise about it.
#
# **Predict first.** The true rate is half a per cent. An article of campaign "all" is shown 125 times. How often does
# Wald's interval hold the truth: 95, 87, 70 or fewer than 50 times in a hundred? And Wilson's?

# %% role="spoiler" fold="Coverage at half a per cent, from 50 impressions to 20,000"
counts = np.unique(np.geomspace(50, 20_000, 90).astype(int))
figure, axes = plt.subplots(figsize=(6.8, 3.2))
for name, interval, role, style in (
    ("Wald", wald_interval, "fake", "--"),
    ("Wilson", wilson_interval, "real", "-"),
):
    held = [coverage(interval, 0.005, int(n)) for n in counts]
    axes.plot(counts, held, style, color=plots.COLOURS[role], label=name)
    print(
        f"{name:7}",
        ", ".join(f"{coverage(interval, 0.005, n):.3f} of {n:,}" for n in (125, 1000, 10_000)),
    )
by_hand = sum(
    math.comb(125, c) * 0.005**c * 0.995 ** (125 - c)
    for c in range(126)
    if wald_interval(c, 125)[0] <= 0.005 <= wald_interval(c, 125)[1]
)
assert np.isclose(by_hand, coverage(wald_interval, 0.005, 125))
axes.axhline(0.95, color=plots.COLOURS["neutral"], linestyle=":", label="promised")
axes.set(
    title="How often the interval holds a rate of half a per cent",
    xlabel="impressions",
    ylabel="coverage",
    xscale="log",
    ylim=(0.2, 1.02),
)
axes.legend(loc="lower right")
plots.show(
    figure,
    alt="Coverage over impressions. Wilson's curve zigzags about 0.95, between 0.9 and 0.98; Wald's climbs in steps "
    "from about 0.2 at fifty impressions and comes near 0.95 only beyond some thousands.",
)

# %% [markdown]
# Wald's 95 % are less than a half at 125 impressions: more often than not there is no click, and then its interval has
# no width. Wilson's goes up and down between 0.9 and 0.98, about its promise; it cannot hit it exactly, since
# counts are whole numbers.
#
# ### Do articles differ?
# Now to the articles. Here is the best of the 80 in the uniform part of "all", with Wilson's interval.

# %% tags=["nbval-check-output"]
shown, clicked = own["all"].counts
best = int((clicked / shown).argmax())
low, high = wilson_interval(clicked[best], shown[best])
print(
    f"item {best}: {clicked[best]} of {shown[best]}, {clicked[best] / shown[best]:.1%}, "
    f"from {low:.1%} to {high:.1%}; "
    f"all together {own['all'].rate:.2%}; {(clicked == 0).sum()} of 80 have no click"
)

# %% [markdown]
# Seven times the common rate, which lies outside of its interval.
#
# **Predict first.** Do the articles differ? Choose: certainly; barely, if at all; the log says that they do not. And
# how could you find out with nothing but a random generator?

# %% role="spoiler"
random = np.random.default_rng(0)


def unevenness(clicked, shown):
    """Chi-squared: how far clicks are from a common rate; clicked (..., k)."""
    expected = shown * clicked.sum(axis=-1, keepdims=True) / shown.sum()
    return ((clicked - expected) ** 2 / expected).sum(axis=-1)


print("part          most clicks: seen, dealt   without: seen, dealt   p-value")
for part in everything:
    shown, clicked = part.counts
    dealt = random.multinomial(part.clicked, shown / shown.sum(), size=4000)
    p_value = (unevenness(dealt, shown) >= unevenness(clicked, shown)).mean()
    print(
        f"{part.policy:6} {part.campaign:6} {clicked.max():10} {dealt.max(axis=1).mean():11.1f} "
        f"{(clicked == 0).sum():14} {(dealt == 0).sum(axis=1).mean():11.1f} {p_value:13.2f}"
    )

# %% [markdown]
# How uneven clicks are is told by **chi-squared**: for each article the squared distance between its clicks and those
# that the common rate would bring it, divided by the latter, all added up. We took the same clicks and **dealt** them
# out by chance, each impression with the same probability; the **p-value** is the share of deals that are at least as
# uneven as what was seen. (For bts that is only roughly right: what it showed depended on clicks.) In none of the six
# parts are the real counts more uneven than nearly all deals: in most, too, the luckiest of 80 articles has three
# clicks or more. So: barely, if at all. The interval of the best article is right for *an* article, and we had picked
# the best of 80. But mind the third answer. "The log does not show that they differ" is not "they do not differ". How
# large would differences have to be for this test to notice? We draw true rates from a **gamma distribution**, which
# gives numbers above 0 of any mean and any spread.

# %%
shown = own["men"].counts[0]
nothing = random.multinomial(46, shown / shown.sum(), size=4000)
bound = np.quantile(unevenness(nothing, shown), 0.95)
noticed = {}
for spread in (0.25, 0.5, 1.0):  # standard deviation of true rates over their mean
    shape = 1 / spread**2
    rates = 0.0046 * random.gamma(shape, 1 / shape, size=(2000, len(shown)))
    clicked = random.binomial(shown, np.minimum(rates, 1))
    clicked[:, 0] += clicked.sum(axis=1) == 0  # a week without any click cannot be tested
    noticed[spread] = (unevenness(clicked, shown) > bound).mean()
    print(
        f"true rates that spread by {spread:4.0%} of their mean: noticed in {noticed[spread]:.0%} of weeks"
    )

# %% [markdown]
# If the articles' true rates were spread by half their mean, which the shop would dearly like to know, a log like
# this would show it in one week of three. Only if they differ wildly is it noticed as a rule. That is what 46 clicks
# can do.
#
# And is bts *better* than uniform? That asks for an interval of a difference.

# %% [markdown]
# ## Exercise 2: how sure is a difference?
# Two advertisements, two intervals. What is the interval of the *difference*? "They overlap, so there is none" is what
# one often hears, and it is too careful. Derive a better one.
#
# Let $\hat q_a$ and $\hat q_b$ be the rates that were found, and $(l_a, u_a)$, $(l_b, u_b)$ their Wilson intervals,
# which reach farther on one side than on the other. Begin with the rates' difference, $\hat q_b - \hat q_a$. It is
# smallest if $b$ is really as low as its interval allows and $a$ as high. But each of the two is unlikely by itself,
# and the two have nothing to do with each other; both at once is far more unlikely than one. Independent errors do not
# add up; their *squares* do, as with standard errors. So: how far may $b$ lie off towards this end, how far $a$, and
# how far off is then the difference? The other end has two distances of its own (Newcombe, 1998, his method 10).
#
# Write `difference_interval(clicks_a, shown_a, clicks_b, shown_b)`: the pair (low, high) for $b$ minus $a$, at 95 %,
# for numbers and for arrays (`np.sqrt` takes both). `wilson_interval(clicks, shown)` is imported, and gives (low, high)
# at 95 %.


# %% role="exercise" grade_id="difference_interval"
# Exercise 2
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    """(low, high) of the rate of b minus the rate of a, from counts: numbers, or arrays of one shape."""
    ### BEGIN SOLUTION
    rate_a, rate_b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    below = np.sqrt((rate_b - low_b) ** 2 + (high_a - rate_a) ** 2)
    above = np.sqrt((high_b - rate_b) ** 2 + (rate_a - low_a) ** 2)
    return rate_b - rate_a - below, rate_b - rate_a + above
    ### END SOLUTION


# %% role="check" grade_id="difference_interval"
def ends_of(clicks, shown):
    """How far Wilson's interval reaches below and above the rate, by the roots of its quadratic equation."""
    normal, rate = 1.959963984540054, clicks / shown
    a, b, c = 1 + normal**2 / shown, -(2 * rate + normal**2 / shown), rate**2
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
    return rate, rate - (-b - root) / (2 * a), (-b + root) / (2 * a) - rate


HALF_WIDTHS = ("half", "half")


def difference_with(
    join=np.hypot, a_ends=("high", "low"), b_ends=("low", "high"), middles=False, turned=False
):
    """The interval by the distances of each rate to its ends, with faults."""

    def interval(clicks_a, shown_a, clicks_b, shown_b):
        middle, reach = [], []
        for clicks, shown, ends in ((clicks_a, shown_a, a_ends), (clicks_b, shown_b, b_ends)):
            rate, low, high = ends_of(clicks, shown)
            middle.append(rate + (high - low) / 2 if middles else rate)
            reach.append(
                [{"low": low, "high": high, "half": (low + high) / 2}[each] for each in ends]
            )
        difference = middle[1] - middle[0]
        low = difference - join(reach[0][0], reach[1][0])
        high = difference + join(reach[0][1], reach[1][1])
        return (-high, -low) if turned else (low, high)

    return interval


def by_wald(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    half = 1.959963984540054 * np.sqrt(a * (1 - a) / shown_a + b * (1 - b) / shown_b)
    return b - a - half, b - a + half


def pooled(clicks_a, shown_a, clicks_b, shown_b):
    """The interval by the A/B test's spread, in which both rates are taken for one."""
    rate, gain = (
        (clicks_a + clicks_b) / (shown_a + shown_b),
        clicks_b / shown_b - clicks_a / shown_a,
    )
    half = 1.959963984540054 * np.sqrt(rate * (1 - rate) * (1 / shown_a + 1 / shown_b))
    return gain - half, gain + half


def like_to_like(clicks_a, shown_a, clicks_b, shown_b):
    a, low_a, high_a = ends_of(clicks_a, shown_a)
    b, low_b, high_b = ends_of(clicks_b, shown_b)
    return b - low_b - (a - low_a), b + high_b - (a + high_a)


def high_first(*counts):
    return difference_with()(*counts)[::-1]


difference_cases = [
    (3, 40, 9, 50),
    (
        np.array([4, 30, 1]),
        np.array([25, 90, 60]),
        np.array([1, 12, 7]),
        np.array([80, 30, 45]),
    ),
    (0, 30, 2, 25),
    (17, 20, 11, 50),
]
checked_difference_interval = check(
    2,
    "difference_interval",
    cases=[(case, difference_with()(*case)) for case in difference_cases],
    mistakes={
        "These are the two farthest cases, a at one end and b at the other at once: that is `do they overlap?`, and "
        "too wide. Squares add up, not distances.": difference_with(join=np.add),
        "The order is the other one: b minus a.": difference_with(turned=True),
        "These are the farthest cases of a minus b. It is b minus a, and squares add up, not distances.": (
            difference_with(join=np.add, turned=True)
        ),
        "The difference is low where b is low and a is HIGH; yours takes a and b at the same end.": (
            difference_with(a_ends=("low", "high"))
        ),
        "The distances belong to the other end: towards low, b falls.": difference_with(
            a_ends=("low", "high"), b_ends=("high", "low")
        ),
        "The distances of b belong to the other end: towards low, b falls as a rises.": difference_with(
            b_ends=("high", "low")
        ),
        "The sum of the squares is the square of the distance: take its root.": difference_with(
            join=lambda a, b: a**2 + b**2
        ),
        "Roots taken one by one undo the squares, and what is left is another sum of distances.": (
            difference_with(join=lambda a, b: (a + b) / np.sqrt(2))
        ),
        "Wilson's intervals reach farther to one side. With half their widths that is lost: take each distance from "
        "the rate to the end.": difference_with(a_ends=HALF_WIDTHS, b_ends=HALF_WIDTHS),
        "Start from the difference of the rates, not of the intervals' middles, and take each end's own distances.": (
            difference_with(a_ends=HALF_WIDTHS, b_ends=HALF_WIDTHS, middles=True)
        ),
        "Both low ends, and both high ends, say nothing of how far the two may lie apart.": like_to_like,
        "This is Wald's interval of a difference, with Wald's trouble: with no clicks it is sure of everything. Start "
        "from Wilson's ends.": by_wald,
        "This takes both rates for one, as a test of no difference does. Start from each rate's own Wilson ends.": (
            pooled
        ),
        "The low end comes first.": high_first,
    },
    hint="Four distances: of each rate to the low and to the high end of its interval. Which two of them make the "
    "difference small?",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="difference_interval" points=2
for case in range(4):
    shown = random.integers(20, 120, size=(2, 5))
    # low rates: intervals that reach farther up than down
    clicked = random.integers(0, shown // 5)
    clicked[0, 0], clicked[1, 1] = 0, 0
    clicked[0, 1], clicked[1, 0] = shown[0, 1] // 6, shown[1, 0] // 6
    low, high = difference_interval(clicked[0], shown[0], clicked[1], shown[1])
    publish(**{f"low_{case}": low, f"high_{case}": high})
a, b = (int(each) for each in random.integers(2, 9, size=2))
low, high = difference_interval(a, 30, b, 70)
publish(low_one=low, high_one=high)

# %% [markdown]
# The rule is Newcombe's (1998). Your function on the two policies, and then on 40,000 pairs with no difference,
# beside two things that people do: subtract the ends ("the intervals overlap, so there is no difference"), or look
# whether one rate lies within the other's interval.

# %%
print("bts minus random, in clicks of a hundred")
for name in CAMPAIGNS:
    a, b = own[name], other[name]
    low, high = checked_difference_interval(a.clicked, len(a), b.clicked, len(b))
    print(
        f"{name:6} {100 * (b.rate - a.rate):6.2f}  from {100 * low:5.2f} to {100 * high:5.2f}"
    )
rate, impressions = 0.005, 10_000
a, b = np.random.default_rng(2).binomial(impressions, rate, size=(2, 40_000))
low, high = checked_difference_interval(a, impressions, b, impressions)
(a_low, a_high), (b_low, b_high) = (wilson_interval(c, impressions) for c in (a, b))
alarms = {
    "0 outside your interval": (low > 0) | (high < 0),
    "the two intervals do not overlap": (b_low > a_high) | (b_high < a_low),
    "one rate outside the other's interval": (b / impressions > a_high)
    | (b / impressions < a_low),
}
print("\nfalse alarms where there is no difference")
for name, alarm in alarms.items():
    print(f"{name:38} {alarm.mean():.3f}")

# %% [markdown]
# Yours cries wolf in about one of twenty, as promised. "Do they overlap?" hardly ever does, and so it misses real
# differences; looking whether a rate lies inside the other's interval does so far too often. Two intervals, each right
# for its own rate, answer neither question.
#
# For "men" 0 is just outside. A win for bts? We looked at *three* campaigns. If there were nothing in any of
# them, one such alarm would still come in $1 - 0.95^3 = 14$ % of such weeks. Keep it as a suspicion.
#
# ## The A/B test
# To settle it one would run a test of one's own: visitors go to a or b by a coin, and clicks are compared,
#
# $$ z = \frac{\hat q_b - \hat q_a}{\sqrt{\hat q (1 - \hat q)\,(1 / n_a + 1 / n_b)}}, \qquad
#    \hat q = \frac{c_a + c_b}{n_a + n_b}, $$
#
# and $|z| \ge 1.96$ counts as a difference. Without one that happens in 5 % of tests, the **level**. How often a *true*
# difference is found is its **power**. With $N$ visitors an arm $z$ is about normal with mean $(q_b - q_a) \sqrt N /
# \sigma_0$ and standard deviation $\sigma_1 / \sigma_0$, where $\sigma_0^2 = 2 \bar q (1 - \bar q)$ with the mean $\bar
# q$ of both rates, and $\sigma_1^2 = q_a (1 - q_a) + q_b (1 - q_b)$. For a power of 80 % that mean has to lie
# 0.84 of these standard deviations beyond the bound; solve for $N$:
#
# $$ N = \left( \frac{1.96\, \sigma_0 + 0.84\, \sigma_1}{q_b - q_a} \right)^2 . $$
#
# **Predict first.** A new banner lifts the click rate from 0.5 to 0.6 %, by a fifth. How many visitors does *each* arm
# need: some 900, 9,000 or 90,000? And for half that lift: twice, four or eight times as many?

# %% role="spoiler"
from course_lib.theory.bandits import ab_tests

sigma_0, sigma_1 = (math.sqrt(x) for x in (2 * 0.0055 * 0.9945, 0.005 * 0.995 + 0.006 * 0.994))
by_formula = ((1.959964 * sigma_0 + 0.841621 * sigma_1) / 0.001) ** 2
assert math.ceil(by_formula) == ab_tests.visitors_needed(0.005, 0.006)
for rate_b in (0.0075, 0.006, 0.0055, 0.00525):
    needed = ab_tests.visitors_needed(0.005, rate_b)
    a, b = (random.binomial(needed, rate, size=4000) for rate in (0.005, rate_b))
    found = (np.abs(ab_tests.compare(a, needed, b, needed).z) >= 1.96).mean()
    print(
        f"0.500 % against {rate_b:.3%}: {needed:9,} visitors an arm; of 4,000 simulated tests {found:.0%} find it"
    )
print(
    f"with 10,000 an arm, as here, a lift by a fifth is found in {ab_tests.power(0.005, 0.006, 10_000):.0%}"
)

# %% [markdown]
# 86,000 visitors an arm, and half the lift costs nearly four times as many: $N$ goes with the inverse square of the
# difference. With 10,000 rows the test finds a lift by a fifth once in six. Such a test says little whichever way
# it ends, and that is known *before* it is run.

# %% fold="Draw power against visitors"
visitors = np.geomspace(2_000, 500_000, 60).astype(int)
figure, axes = plt.subplots(figsize=(6.8, 3.2))
for rate_b, role, style in (
    (0.0075, "real", "-"),
    (0.006, "fake", "--"),
    (0.0055, "generator", "-."),
):
    found = [ab_tests.power(0.005, rate_b, int(n)) for n in visitors]
    axes.plot(
        visitors,
        found,
        linestyle=style,
        color=plots.COLOURS[role],
        label=f"0.50 % against {100 * rate_b:.2f} %",
    )
axes.axhline(0.8, color=plots.COLOURS["neutral"], linestyle=":", label="80 %")
axes.axvline(10_000, color=plots.COLOURS["neutral"], linestyle=plots.STYLES[4], linewidth=0.8)
axes.annotate(
    "this log", (10_000, 0.02), xytext=(4, 0), textcoords="offset points", fontsize=8
)
axes.set(
    title="Power at a level of 5 %",
    xlabel="visitors of each arm",
    ylabel="power",
    xscale="log",
    ylim=(0, 1.03),
)
axes.legend(fontsize=8, loc="lower right")
plots.show(
    figure,
    alt="Power over visitors of each arm, three curves that rise from near 0.05 to 1. At ten thousand, the size of "
    "this log, they are at about 0.6, 0.16 and 0.08.",
)

# %% [markdown]
# ### A look every morning
# A test of 100,000 visitors takes ten days. Nobody waits: every morning somebody opens the page, and if $|z|$ is above
# 1.96 the winner is announced. Each look alone has a level of 5 %.
#
# **Predict first.** There is *no* difference. In how many of a hundred such tests is a winner announced: 5, 10, 20 or
# 40?

# %% role="spoiler"
from course_lib.theory.bandits import peeking

null = peeking.simulate_looks(0.005, 0.005, visitors=100_000, looks=10, runs=4000, seed=0)
beyond = np.abs(null.z) >= 1.96
print("at the last look alone:", f"{beyond[:, -1].mean():.3f}")
for number in (1, 2, 3, 5, 10):
    print(f"at one of the first {number:2}: {beyond[:, :number].any(axis=1).mean():.3f}")

# %% [markdown]
# Some 20 in a hundred, four times what was promised. (Not 40, which ten *independent* looks would give,
# $1 - 0.95^{10}$: each look contains all earlier clicks.) The test is right and the way of using it is not: it is
# asked ten times and one answer is taken.
#
# To repair it, the bound must belong to what is really done. Simulate many tests without a difference, take from each
# the *largest* $|z|$ of its ten looks, and put the bound where 5 % of these lie above: **Pocock's** bound, 2.56 for ten
# looks. Or make the first looks hard and the last one nearly free: bounds $C\, \sqrt{10 / \text{look}}$, after O'Brien
# and Fleming. What such a rule costs is how much later it stops, and how many differences it misses.

# %% [markdown]
# ## Exercise 3: play the looks
# A test that is looked at ten times is a game with a rule for stopping, and any such rule can be tried out on simulated
# runs. Write `play_the_looks(z, bounds)`. `z` (runs, looks) holds the statistic of $b$ against $a$ at each look of each
# run, and `bounds` (looks,) how far from 0 it has to be at each look, which may differ from look to look. A run
#
# - stops at its **first** look with $|z| \ge$ the bound of that look; then $b$ is declared the better one if $z > 0$ at
#   that look, and the worse one otherwise;
# - goes on to the last look if there is no such look, and then nothing is declared.
#
# Return three numbers: the share of the runs in which anything is declared (at the last look as well as before), the
# share of **all** runs in which $b$ is declared the better one, and the mean number of looks that a run takes, counted
# from 1.


# %% role="exercise" grade_id="play_the_looks"
# Exercise 3
def play_the_looks(z, bounds):
    """(share of runs with a verdict, share of runs in which b is declared better, mean number of looks)."""
    ### BEGIN SOLUTION
    runs, looks = z.shape
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), looks - 1)
    better = declared & (z[np.arange(runs), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
    ### END SOLUTION


# %% role="check" grade_id="play_the_looks"
def looks_with(
    size=abs,
    reached=lambda value, bound: value >= bound,
    start=1,
    sign_at="stop",
    never="last",
    stop="first",
    of="all",
    bound_of=lambda bounds, look: bounds[look],
    only_last=False,
    better_at="stop",
    last_counts=True,
):
    """The three numbers, run by run, with faults."""

    def numbers(z, bounds):
        verdicts, better, taken = 0, 0, []
        for run in z:
            looks = len(run)
            found = [
                look
                for look in range(looks)
                if reached(size(run[look]), bound_of(bounds, look))
            ]
            if only_last:
                found = [look for look in found if look == looks - 1]
            if not last_counts:
                found = [look for look in found if look < looks - 1]
            verdicts += bool(found)
            if found:
                place = found[0] if stop == "first" else found[-1]
                if stop == "most":
                    place = int(np.argmax(np.abs(run)))
                decided = [run[{"stop": place, "last": looks - 1, "first": 0}[sign_at]]]
                better += (
                    max([run[look] for look in found] if better_at == "any" else decided) > 0
                )
                taken.append(place + start)
            elif never == "first":
                taken.append(start)
            elif never != "left out":
                taken.append(looks - 1 + start + (never == "one more"))
            if not found and of == "undeclared too":
                better += run[-1] > 0
        whole = verdicts if of == "declared" else len(z)
        return verdicts / len(z), better / whole, sum(taken) / len(taken)

    return numbers


def all_looks(z, bounds):
    """Where every look counts by itself, as if each were a test of its own."""
    beyond = np.abs(z) >= bounds
    last = np.where(beyond.any(axis=1), beyond.argmax(axis=1), z.shape[1] - 1)
    return beyond.mean(), (beyond & (z > 0)).mean(), np.mean(last + 1)


def some_looks(seed, runs, bounds):
    random = np.random.default_rng(seed)
    z = random.integers(-11, 12, size=(runs, len(bounds))) / 4
    # two that never stop, one that stops by its last look, exactly, and two that turn round
    z[0], z[4] = 0.25, 0.5
    z[1], z[1, -1] = 0.25, bounds[-1]
    z[2], z[2, 1] = -bounds[-1], bounds[1]
    z[2, 0] = 0.0
    z[3] = -z[2]
    return z, np.array(bounds)


looks_cases = [
    some_looks(0, 9, [2.5, 2.5, 2.25, 2.25]),
    some_looks(1, 12, [2.75, 2.5, 2.25, 2.0, 1.75]),
    some_looks(2, 7, [1.5, 2.25, 2.75]),
]
checked_play_the_looks = check(
    3,
    "play_the_looks",
    cases=[(case, looks_with()(*case)) for case in looks_cases],
    mistakes={
        "This looks at the last look only. A run stops at the first look that is beyond its bound.": looks_with(
            only_last=True
        ),
        "A run stops on both sides: take the size of z without its sign.": looks_with(
            size=lambda z: z
        ),
        "The first True of a row without any is said to be at place 0. A run that never stops takes all looks.": (
            looks_with(never="first")
        ),
        "argmax of a row without any True gives 0, and looks count from 1: two things to mend in the mean.": looks_with(
            never="first", start=0
        ),
        "What is declared is declared when the run stops: the sign at the last look is never seen.": looks_with(
            sign_at="last"
        ),
        "What is declared goes by the sign at the look where it stops, not at the first look of all.": looks_with(
            sign_at="first"
        ),
        "The mean number of looks is over all runs; those that never stop take all looks.": looks_with(
            never="left out"
        ),
        "Looks are counted from 1, places from 0.": looks_with(start=0),
        "A run that never stops ends with its last look; there is none after it.": looks_with(
            never="one more"
        ),
        "At the bound itself a run stops: |z| >= bound.": looks_with(
            reached=lambda value, bound: value > bound
        ),
        "The second share is of all runs, not of those with a verdict.": looks_with(
            of="declared"
        ),
        "A run that never stops declares nothing, whatever its last sign.": looks_with(
            of="undeclared too"
        ),
        "Every look has its own bound, and this takes the first one for all.": looks_with(
            bound_of=lambda bounds, look: bounds[0]
        ),
        "Every look has its own bound, and this takes the last one for all.": looks_with(
            bound_of=lambda bounds, look: bounds[-1]
        ),
        "A run stops at its first look beyond the bound, not at its last.": looks_with(
            stop="last"
        ),
        "A run stops at the first look beyond the bound, not where z is largest.": looks_with(
            stop="most"
        ),
        "Looks are counted here where runs are meant: a run with two looks beyond its bound stops once.": all_looks,
        "A run that stops below its bound is over: that it would have been above later is not seen any more.": (
            looks_with(better_at="any")
        ),
        "The last look counts, too: a run may stop there with a verdict.": looks_with(
            last_counts=False
        ),
    },
    hint="First a table of True and False: is it beyond the bound? Then, for each run, whether there is any such look, "
    "and which is the first. Think of a run that has none.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="play_the_looks" points=1
for case in range(4):
    runs, looks = int(random.integers(30, 50)), int(random.integers(4, 7))
    bounds = random.permutation(np.arange(6, 6 + looks)) / 4
    z = random.integers(-8, 9, size=(runs, looks)) / 4
    quiet = random.integers(-5, 6, size=(runs // 3, looks)) / 4
    # these never stop; then one at its last look, one at the bound itself, three that turn, one of them upwards
    z[: len(quiet)] = quiet
    z[0], z[1] = 0.75, -0.5
    z[len(quiet)], z[len(quiet), -1] = 0.25, bounds[-1]
    z[-1], z[-1, 1] = 0.5, -bounds[1]
    z[-4:-1], z[-4:-1, 1], z[-4:-1, 0] = -2.75, 2.75, -0.25
    z[-3] = -z[-3]
    share, better, mean = play_the_looks(z[random.permutation(runs)], bounds)
    publish(**{f"share_{case}": share, f"better_{case}": better, f"mean_{case}": mean})

# %% [markdown]
# Your function plays four rules: without a difference, and with one of a fifth, with as many visitors in all as a
# single look needs for a power of 80 %.

# %%
looks = np.arange(1, 11)
steps = np.random.default_rng(5).normal(size=(40_000, 10)).cumsum(axis=1) / np.sqrt(looks)
pocock = peeking.pocock_bound(10)  # the same with more draws
assert abs(pocock - np.quantile(np.abs(steps).max(axis=1), 0.95)) < 0.03
wary = np.quantile(np.abs(steps * np.sqrt(looks / 10)).max(axis=1), 0.95)
rules = {
    "one look, at the end": np.where(looks < 10, np.inf, 1.96),
    "ten looks at 1.96": np.full(10, 1.96),
    f"ten looks at {pocock:.2f} (Pocock)": np.full(10, pocock),
    f"from {wary * 10**0.5:.1f} down to {wary:.2f}": wary * np.sqrt(10 / looks),
}
needed = 2 * ab_tests.visitors_needed(0.005, 0.006)
lifted = peeking.simulate_looks(0.005, 0.006, visitors=needed, looks=10, runs=4000, seed=1)
print(f"{'':32} no difference     a fifth more")
print(f"{'':32} false alarms      found   visitors used")
for name, bounds in rules.items():
    alarm, _, _ = checked_play_the_looks(null.z, bounds)
    found, _, mean_looks = checked_play_the_looks(lifted.z, bounds)
    print(f"{name:32} {alarm:8.3f} {found:16.2f} {mean_looks / 10:13.0%}")

# %% [markdown]
# Looking at 1.96 finds most, and in a world without differences it "finds" one in five times as well. Both cures hold
# 5 %. Pocock's stops early, uses seven tenths of the visitors, and pays with power: 0.68 instead of 0.80. The wary rule
# gives away 0.02, and saves a quarter of the visitors. So looking need not cost much, if it is planned.
#
# Both must know beforehand how often somebody will look. If nobody can promise that, there is a bound for *all*
# moments. Under "no difference", and a fair coin for the visitors, every click is itself a fair coin between a and b.
# Bet on that: let $F$ be how many times more probable the clicks so far are if the coin's chance is drawn from Beta(50,
# 50), about one half, than if it *is* one half. (Beta$(\alpha, \beta)$ is a distribution on the numbers from 0 to 1
# with density $x^{\alpha - 1} (1 - x)^{\beta - 1} / B(\alpha, \beta)$ and mean $\alpha / (\alpha + \beta)$; the number
# $B(\alpha, \beta)$ makes its integral 1.) By a fair coin nobody makes money, however clever the moment to stop, and so
# (Ville 1939) $F$ ever reaches 20 with probability $1/20$ at most.
#
# $$ F = 2^{c_a + c_b}\, \frac{B(50 + c_a,\, 50 + c_b)}{B(50, 50)}, \qquad
#    \text{E}\,[F_{m + 1} \mid \text{the first } m \text{ clicks}] = F_m \text{ under "no difference"} . $$

# %% tags=["nbval-check-output"]
for c_a, c_b in ((0, 0), (7, 12), (40, 90)):
    now = peeking.coin_evidence([c_a], [c_b])[0]
    one_more = peeking.coin_evidence([c_a + 1, c_a], [c_b, c_b + 1])
    print(
        f"{c_a:3} and {c_b:3} clicks: F = {now:8.3f}, its mean after one more {one_more.mean():8.3f}"
    )
    assert np.isclose(one_more.mean(), now)
for name, tests in (("no difference", null), ("a fifth more", lifted)):
    z = np.where(tests.evidence >= 20, 99.0, 0.0)  # as a z that is beyond any bound, or not
    stopped, _, mean_looks = checked_play_the_looks(z, np.full(10, 1.96))
    print(
        f"{name:14}: F reaches 20 in {stopped:.3f}, {mean_looks / 10:.0%} of the visitors used"
    )

# %% [markdown]
# It keeps its promise with room to spare (it could be asked after every single click). It finds the lift in 46 of a
# hundred tests, where one look at the end finds it in 80. To look whenever one likes has its price.
#
# **A good place to stop.** You can say how sure a rate is, how many visitors a question needs, and how not to fool
# yourself while they come. Next: asking a log about a policy that did not write it, and a policy that learns while it
# shows.

# %% [markdown]
# ## What would another policy have earned?
# A policy that shows item $i$ with probability $\pi(i)$ earns, per impression, its **value**
#
# $$ V(\pi) = \sum_{i=1}^k \pi(i)\, q(i) . $$
#
# The log was written by $\pi_0$, so its plain mean of clicks estimates $V(\pi_0)$. For another policy, let each row
# stand for as many rows as the target would have had of its kind: **weights** $w_t = \pi(i_t) / p_t$. Then there is
# **inverse propensity scoring**, IPS (Horvitz and Thompson 1952), and its **self-normalised** form, SNIPS (Swaminathan
# and Joachims 2015), which divides by what the weights really add up to:
#
# $$ \hat V_{IPS} = \frac1n \sum_{t=1}^n w_t\, r_t, \qquad
#    \hat V_{SNIPS} = \frac{\sum_t w_t\, r_t}{\sum_t w_t} . $$
#
# A tiny world, in which every log that can be is written down: two items with click rates 0.2 and 0.6, a policy that
# shows the first three times in four, a target that shows the second four times in five, and logs of two rows. There
# are $(2 \cdot 2)^2 = 16$ logs; each has its probability, and the mean of an estimator over all of them is no
# simulation, it is exact.
#
# **Predict first.** The target's value is $0.2 \cdot 0.2 + 0.8 \cdot 0.6 = 0.52$. Which of the three, the plain mean,
# IPS and SNIPS, give 0.52 on average? And which of them may say that *more than all* visitors click?

# %% role="spoiler" tags=["nbval-check-output"]
import itertools

q, logging, target = np.array([0.2, 0.6]), np.array([0.75, 0.25]), np.array([0.2, 0.8])
value = target @ q
rows = [(item, click) for item in (0, 1) for click in (0, 1)]
tiny_logs = [np.transpose(pair) for pair in itertools.product(rows, repeat=2)]


def chance_of(log):
    """The probability of a log: items (n,) drawn by the policy, clicks (n,) at their rates."""
    items, rewards = log
    return np.prod(logging[items] * np.where(rewards == 1, q[items], 1 - q[items]))


def over_all_logs(estimate):
    """The exact mean and spread of an estimator of (items, rewards)."""
    chances = np.array([chance_of(log) for log in tiny_logs])
    found = np.array([estimate(*log) for log in tiny_logs])
    assert np.isclose(chances.sum(), 1)
    mean = chances @ found
    return mean, np.sqrt(chances @ (found - mean) ** 2), found.max()


def tiny_weights(items):
    return target[items] / logging[items]


estimators = {
    "plain mean": lambda items, rewards: rewards.mean(),
    "IPS": lambda items, rewards: np.mean(tiny_weights(items) * rewards),
    "SNIPS": lambda items, rewards: tiny_weights(items) @ rewards / tiny_weights(items).sum(),
}
print(f"value of the target {value:.2f}, of the policy that wrote the log {logging @ q:.2f}")
for name, estimate in estimators.items():
    mean, spread, largest = over_all_logs(estimate)
    print(f"{name:11} mean {mean:.4f}, spread {spread:.3f}, largest {largest:.2f}")
for items, rewards in tiny_logs:
    weights = off_policy.importance_weights(target[items], logging[items])
    assert np.isclose(off_policy.ips(rewards, weights), estimators["IPS"](items, rewards))
    assert np.isclose(
        off_policy.self_normalised(rewards, weights), estimators["SNIPS"](items, rewards)
    )

# %% [markdown]
# IPS is right on average, exactly, whatever the rates are. The proof is one line, for one row:
#
# $$ \text{E}\,[w\, r] = \sum_i \pi_0(i)\, \frac{\pi(i)}{\pi_0(i)}\, q(i) = \sum_i \pi(i)\, q(i) = V(\pi) , $$
#
# and it needs $\pi_0(i) > 0$ wherever $\pi(i) > 0$: of what was never shown nothing can be learnt. (If the policy
# changes all the time, as bts does, $\pi_0$ is the one of that moment.) But IPS may say that of a hundred visitors 320
# click, since its weights need not add up to $n$. SNIPS stays between 0 and 1 and spreads half as much, but it is off
# on average, it has a **bias**: a large one with two rows, and a smaller one with more, as the cell below shows.
#

# %%
for size in (2, 10, 100, 1000):
    dice = np.random.default_rng(size)
    items = (dice.random((20_000, size)) < logging[1]).astype(int)
    rewards = dice.random(items.shape) < q[items]
    weights = tiny_weights(items)
    found = ((weights * rewards).sum(axis=1) / weights.sum(axis=1)).mean()
    print(f"SNIPS on logs of {size:5,} rows: mean {found:.3f}, of {value:.2f}")

# %% [markdown]
# The third way is to *believe a model*: guess each item's rate, $\hat q(i)$, and let the target play on the guesses,
#
# $$ \hat V_{direct} = \sum_i \pi(i)\, \hat q(i) , $$
#
# the **direct method**. It has next to no spread and is as wrong as the guess. The fourth brings both together.

# %% [markdown]
# ## Exercise 4: believe, then correct
# Would the target have earned **more** than the policy that wrote the log? A good answer begins with a belief, and lets
# the log correct it. For every row $t$ of the log:
#
# - what you believe the *target* policy would earn, with your guess `predicted` of every item's click rate, whatever
#   was shown in that row;
# - a correction: by how much the row surprised you, click or not against your guess for the item that was shown. The
#   log shows items as often as *its* policy liked, and the correction is made for the target, so it has the row's
#   weight. Where the guess is right the corrections cancel, on average; where it is wrong they put it right;
# - less the click (0 or 1) that the log's own policy got in that row. That was seen, and needs no guess.
#
# The **gain** is the mean of this over the rows. How sure is it? Both policies are judged on the *same* rows, so their
# errors hang together: the error of the gain is not put together from two errors, it comes from the $n$ terms
# themselves. Turn this into a formula, and write `gain_from_the_log(items, rewards, propensities, target, predicted)`:
# items, rewards (0 or 1) and propensities are of the $n$ rows, $(n,)$, `propensities` the logging policy's probability
# of what it showed; target and predicted are of the $k$ items, $(k,)$, and the target may have zeros. Return two
# numbers: the gain and its **standard error**, the standard deviation of its terms, with $n - 1$ below, over $\sqrt n$.


# %% role="exercise" grade_id="gain_from_the_log"
# Exercise 4
def gain_from_the_log(items, rewards, propensities, target, predicted):
    """(what the target would earn more than the log's policy, doubly robust, the standard error of that)."""
    ### BEGIN SOLUTION
    weights = target[items] / propensities
    terms = target @ predicted + weights * (rewards - predicted[items]) - rewards
    return np.mean(terms), np.std(terms, ddof=1) / math.sqrt(len(terms))
    ### END SOLUTION


# %% role="check" grade_id="gain_from_the_log"
def gain_with(
    weight=lambda target, propensity: target / propensity,
    over="rows",
    belief="target",
    corrected="weighted",
    sign=1,
    less_what="click",
    error="terms",
    less=1,
    root=True,
    kept=lambda target: True,
):
    """The gain and its error, row by row, with faults."""

    def deviation(values):
        middle = sum(values) / len(values)
        return math.sqrt(sum((each - middle) ** 2 for each in values) / (len(values) - less))

    def numbers(items, rewards, propensities, target, predicted):
        robust, terms, weights, clicks = [], [], [], []
        for item, reward, propensity in zip(items, rewards, propensities, strict=True):
            if not kept(target[item]):
                continue
            w = weight(target[item], propensity)
            believed = {
                "target": sum(p * q for p, q in zip(target, predicted, strict=True)),
                "shown": predicted[item],
                "mean": sum(predicted) / len(predicted),
                "weighted": w * predicted[item],
                "none": 0.0,
            }[belief]
            surprise = sign * (reward - predicted[item])
            surprise = surprise if corrected != "clicked" or reward else 0.0
            surprise = reward if corrected == "reward" else surprise
            robust.append(believed + surprise * (1 if corrected == "plain" else w))
            got = {
                "click": reward,
                "turned": reward,
                "guess": predicted[item],
                "weighted": w * reward,
                "nothing": 0.0,
            }[less_what]
            terms.append((robust[-1] - got) * (-1 if less_what == "turned" else 1))
            weights.append(w)
            clicks.append(reward)
        n = len(terms)
        size = {
            "terms": lambda: deviation(terms),
            "robust": lambda: deviation(robust),
            "apart": lambda: math.hypot(deviation(robust), deviation(clicks)),
        }[error]()
        whole = {"rows": n, "weights": sum(weights)}[over]
        return sum(terms) / whole, size / (math.sqrt(n) if root else 1)

    return numbers


def a_log(seed, n, k, zero, rare=False):
    random = np.random.default_rng(seed)
    target = random.integers(1, 6, size=k).astype(float)
    if zero:
        target[1] = 0
    items = random.integers(0, k, size=n)
    items[:3] = 1, 0, 2
    rewards = (random.random(n) < 0.5).astype(float)
    rewards[:4] = 1, 1, 0, 1
    propensities = random.integers(1, 10, size=n) / 10
    if rare:  # a weight that no limit may cut
        propensities[target[items].argmax()] = 0.01
    return (
        items,
        rewards,
        propensities,
        target / target.sum(),
        random.integers(1, 10, size=k) / 10,
    )


log_cases = [
    a_log(0, 6, 3, False),
    a_log(1, 9, 4, True),
    a_log(2, 12, 3, True),
    a_log(3, 10, 3, False, rare=True),
]
checked_gain_from_the_log = check(
    4,
    "gain_from_the_log",
    cases=[(case, gain_with()(*case)) for case in log_cases],
    mistakes={
        "This is what the target would earn; how much MORE is asked: take off the log's own click, row by row.": (
            gain_with(less_what="nothing")
        ),
        "The gain is right. Its error is not that of the target's value alone: take the terms of the gain.": (
            gain_with(error="robust")
        ),
        "The gain is right. Both policies are judged on the same rows, so their errors hang together: take the "
        "deviation of the differences, not both by themselves.": gain_with(error="apart"),
        "The difference is the other one: the target less the log's policy.": gain_with(
            less_what="turned"
        ),
        "What the log's policy got is known, click by click: no guess is needed for it.": gain_with(
            less_what="guess"
        ),
        "The click that is taken off is the log's own, so it has no weight.": gain_with(
            less_what="weighted"
        ),
        "The weights are upside down: what the log shows too often has to count for less.": gain_with(
            weight=lambda target, propensity: propensity / target
        ),
        "A weight has two policies in it, and the target's probability of the item is missing.": gain_with(
            weight=lambda target, propensity: 1 / propensity
        ),
        "A weight has two policies in it, and the log's propensity is missing.": gain_with(
            weight=lambda target, propensity: target
        ),
        "The gain is a mean over the rows, so do not divide by the sum of the weights.": gain_with(
            over="weights"
        ),
        "The belief is about the target, the same whatever a row showed; yours is the guess for the item shown.": (
            gain_with(belief="shown")
        ),
        "The belief is about the target, which does not show all items equally often.": gain_with(
            belief="mean"
        ),
        "The guesses have no say here: either `predicted` is not used, or each row adds the weighted guess that it "
        "takes away again. The belief comes from the target and all items.": gain_with(
            belief="weighted"
        ),
        "The correction alone is no estimate: the belief is missing.": gain_with(
            belief="none"
        ),
        "The surprise has to be weighted: it was made by the log's policy.": gain_with(
            corrected="plain"
        ),
        "A row without a click surprises, too, if a click was expected.": gain_with(
            corrected="clicked"
        ),
        "What corrects is the surprise, click minus guess; the click itself is believed in already.": gain_with(
            corrected="reward"
        ),
        "The correction goes the wrong way: more clicks than expected must raise the estimate.": gain_with(
            sign=-1
        ),
        "The gain is right. The error of a mean is smaller than the spread of its terms, by the root of n.": (
            gain_with(root=False)
        ),
        "The gain is right. With n - 1 below: ddof=1.": gain_with(less=0),
        "Rows whose item the target never shows have weight 0, and count in n all the same.": gain_with(
            kept=lambda target: target > 0
        ),
    }
    | {
        f"Weights are cut at {limit} here, which nobody asked for. It makes the gain steadier, and wrong on average.": (
            gain_with(
                weight=lambda target, propensity, most=limit: min(target / propensity, most)
            )
        )
        for limit in (5, 10, 20)
    },
    hint="Write the weights first, (n,); then one term for each row, (n,). Which part of a term is the same in all?",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="gain_from_the_log" points=2
for case in range(4):
    n, k = (int(each) for each in random.integers((25, 4), (50, 7)))
    target = random.uniform(0.2, 1, size=k)
    target[1] = 0 if case else 0.1  # then rows with item 1 count, with weight 0
    target /= target.sum()
    items = random.integers(0, k, size=n)
    items[:6] = 0, 1, 2, 3, 1, 0
    rewards = (random.random(n) < 0.4).astype(float)
    rewards[:6] = 1, 1, 0, 1, 0, 0
    order = random.permutation(n)
    items, rewards = items[order], rewards[order]
    propensities = random.uniform(0.05, 0.9, size=n)
    rare = target[items].argmax()  # what the target likes and the log hardly ever shows
    propensities[rare] = target[items[rare]] / 40  # a weight of 40, which no limit may cut
    guess = random.uniform(0.1, 0.9, size=k)
    gain, error = gain_from_the_log(items, rewards, propensities, target, guess)
    publish(**{f"gain_{case}": gain, f"error_{case}": error})

# %% [markdown]
# Without the last part, the clicks, your gain is the **doubly robust** estimate of the target's value (Dudik, Langford
# and Li 2011),
#
# $$ \hat V_{DR} = \frac1n \sum_{t=1}^n \Big( \sum_i \pi(i)\, \hat q(i) + w_t \big( r_t - \hat q(i_t) \big) \Big) . $$
#
# Doubly, because it is right on average if *either* the propensities are right *or* the guess is. The cell holds it to
# that, over all 16 logs: with a wrong guess and with a good one, and with propensities that were written down wrongly.

# %% tags=["nbval-check-output"]
misread = np.array([0.5, 0.5])  # what the log says, where 0.75 and 0.25 were true
print(f"value of the target: {value:.4f}          IPS      doubly robust")
for name, guess, written in (
    ("propensities right, guess wrong", np.array([0.9, 0.0]), logging),
    ("propensities right, guess right", q, logging),
    ("propensities wrong, guess right", q, misread),
    ("propensities wrong, guess wrong", np.array([0.9, 0.0]), misread),
):
    means, spreads = [], []
    for estimate in (
        lambda items, rewards, p=written: np.mean(target[items] / p[items] * rewards),
        lambda items, rewards, p=written, g=guess: (
            checked_gain_from_the_log(items, rewards, p[items], target, g)[0] + rewards.mean()
        ),
    ):
        mean, spread, _ = over_all_logs(estimate)
        means.append(mean)
        spreads.append(spread)
    print(
        f"{name:32}",
        "".join(f"{m:8.4f} ± {s:.2f}" for m, s in zip(means, spreads, strict=True)),
    )
    if "propensities right" in name or "guess right" in name:
        assert np.isclose(means[1], value)

# %% [markdown]
# (The number after ± is the spread over logs.) A good guess brings the spread down as well, for then the weights only
# multiply what is left over, and a wrong guess can do harm: the doubly robust estimate with the wrong guess spreads
# more than IPS.
#
# Now the real log. The target is the uniform policy, the rows are those of bts, and the guess is the plainest: every
# item has the common rate of those rows. (It is learnt from them, where the proof wants a guess that is fixed
# beforehand; for one number of 10,000 rows that is no matter.) We know the answer, for the uniform policy has rows of
# its own.
#
# **Predict first.** IPS, SNIPS, direct, doubly robust, in three campaigns. Which column will be nearest to what was
# counted? Which one will say something impossible?

# %% role="spoiler"
print("clicks of a hundred: counted (95 %)        IPS  SNIPS  direct  doubly robust")
robust, gains = {}, {}
for name, log in other.items():
    even = np.full(log.item_count, 1 / log.item_count)
    guess = np.full(log.item_count, log.rate)
    gains[name] = checked_gain_from_the_log(
        log.items, log.clicks, log.propensities, even, guess
    )
    robust[name] = gains[name][0] + log.rate
    w = uniform_weights(log)
    assert np.isclose(
        robust[name], off_policy.doubly_robust(log.clicks, w, log.items, guess, even)
    )
    values = (
        off_policy.ips(log.clicks, w),
        off_policy.self_normalised(log.clicks, w),
        even @ guess,
        robust[name],
    )
    rate, (low, high) = measured[name]
    print(
        f"{name:13} {100 * rate:10.2f} ({100 * low:.2f} to {100 * high:.2f})",
        "".join(f"{100 * each:8.2f}" for each in values),
    )
print("\nuniform over bts, in clicks of a hundred: counted   by your function")
for name, (gain, error) in gains.items():
    print(
        f"{name:40} {100 * (own[name].rate - other[name].rate):8.2f}"
        f" {100 * gain:10.2f} ± {100 * error:.2f}"
    )

# %% [markdown]
# A click rate *below zero*. For "women" the doubly robust estimate, which has two chances to be right, says that of a
# thousand visitors minus two click. And in "all" the gain is more than two standard errors below 0: a report would
# say that uniform showing has been *shown* to be worse there. Counted, the two differ by next to nothing. In "all" and
# "men" the weighted estimates lie below what was counted, and the direct method is near in two of three campaigns, for
# no merit of its own: with one common guess it says what *bts* earned, and for "men" that is far too much. Which of
# these numbers would you have reported, without the counted ones?
#
# ## How many rows is a log worth?
# Let clicks be equally noisy in every row, with variance 1. Then the variance of a weighted mean is
#
# $$ \text{var}\, \frac{\sum_t w_t\, r_t}{\sum_t w_t} = \frac{\sum_t w_t^2}{(\sum_t w_t)^2} = \frac{1}{n_{eff}}, \qquad
#    n_{eff} = \frac{(\sum_t w_t)^2}{\sum_t w_t^2} , $$
#
# as if there were $n_{eff}$ rows of equal weight: the **effective samples** (Kish; Owen, chapter 9). It looks at
# weights alone; which rows were clicked it does not know.

# %% tags=["nbval-check-output"]
for weights in ([1, 1, 1, 1], [4, 1, 1, 1], [100, 1, 1, 1]):
    w = np.array(weights, float)
    n_eff = w.sum() ** 2 / (w**2).sum()
    assert np.isclose(n_eff, off_policy.effective_samples(w))
    signs = np.array(
        list(itertools.product((-1, 1), repeat=4))
    )  # noise of variance 1, all of it
    assert np.isclose((signs @ w / w.sum()).var(), 1 / n_eff)
    print(f"weights {weights}: {n_eff:.2f} effective samples of 4")

# %% [markdown]
# **Predict first.** The 10,000 rows of bts, for the uniform policy: how many are they worth in "all", "men" and
# "women"? Take your three numbers from 2, 20, 200 to 700, and 5,000.

# %% role="spoiler"
print("campaign  effective samples  largest weight  largest of a clicked row  mean weight")
for name, log in other.items():
    w = uniform_weights(log)
    print(
        f"{name:8} {off_policy.effective_samples(w):14.1f} {w.max():18,.1f} "
        f"{w[log.clicks == 1].max():18.1f} {w.mean():20.2f}"
    )

# %% [markdown]
# Some hundreds twice, and two. The last column is a check that costs nothing: weights have mean 1 under the policy that
# wrote the log, $\text{E}\, w = \sum_i \pi_0(i)\, \pi(i) / \pi_0(i) = 1$. For "women" it is 3. Its two effective
# samples follow from what the lesson began with: if one row has the share $h$ of all weight, $n_{eff} \le 1 / h^2$,
# which is 2.1 for 69 %.
#
# ### The one row

# %%
log = other["women"]
w = uniform_weights(log)
row = int(w.argmax())
same = log.items == log.items[row]
print(
    f"row {row}: item {log.items[row]} at {str(log.times[row])[:19]}, position {log.positions[row]}, "
    f"click {log.clicks[row]}, propensity {log.propensities[row]:.6f}"
)
print("0 of 200,000: Wilson's interval ends at", f"{wilson_interval(0, 200_000)[1]:.6f}")
usual = np.median(log.propensities[same])
print(
    f"the item was shown {same.sum()} times in this part, half of them at {usual:.5f} or more"
)
for name, part in other.items():
    draws = 200_000 * part.propensities
    whole = np.abs(draws - np.round(draws)) < 1e-3
    even = np.abs(part.propensities * part.item_count - 1) < 1e-6
    odd = part.propensities[~whole & ~even]
    print(
        f"{name:6} {whole.sum():6,} of 10,000 propensities are whole multiples of 1/200,000; "
        f"{(even & ~whole).sum()} are 1/items; left: {[float(each) for each in odd]}"
    )

# %% [markdown]
# That tells a story. A policy that learns has no table of its probabilities; one draws from it and counts. It seems
# that whoever made this log drew 200,000 times at every moment: all propensities are whole two-hundred-thousandths, or
# one over the number of items. This one is 0.000001, a fifth of the smallest share that can be counted. So it was
# counted *zero* times, and a program wrote a millionth where a zero would have been divided by. (The authors' package
# does compute such probabilities by drawing, 100,000 times by default; that the log's come from 200,000 is our
# conclusion from the numbers.) The item was shown, so its probability was not zero. It may have been a
# hundred-thousandth, or less or more: after 0 of 200,000 anything up to 1.9 in 100,000 is plausible, by Wilson. Its
# weight, 21,739, is a number that nobody measured.
#
# Nothing warns of it. The propensity lies between 0 and 1, and the row was not clicked, so IPS does not even change.
# SNIPS divides by it, and falls to a third. And the doubly robust estimate subtracts the guess for that row 21,739
# times; of 10,000 rows that makes $21{,}739 \cdot 0.0046 / 10{,}000$, a whole per cent: hence the click rate below
# zero.

# %% [markdown]
# ## Exercise 5: on which row does it hang?
# Before an estimate leaves the house somebody should ask what it rests on, clicks included: effective samples look at
# weights alone. Leave out one row: how far does the estimate move? Write
# `weakest_row(clicks, weights, measured, most)`: `clicks` $(n,)$ are 0 or 1, `weights` $(n,)$ above 0, of any size;
# `measured` $(n,)$ is True where the propensity of the row was measured, and False where somebody put a number because
# there was none. The estimate is SNIPS from the **measured** rows alone. Return three things:
#
# - the number of the measured row (from 0, as in the whole log) that moves the estimate most if it is left out, up or
#   down, the first if there are several;
# - the estimate without that row;
# - True if the estimate may be reported, else False. It may, if that row moves it by no more than the share `most` of
#   what it was, *and* no more than a tenth of the sum of **all** weights rests on rows that nobody measured.
#
# Two measured rows are there at least, and a click among them. No row needs a sum of its own: two sums do for all.


# %% role="exercise" grade_id="weakest_row"
# Exercise 5
def weakest_row(clicks, weights, measured, most):
    """(number of the row on which SNIPS of the measured rows hangs most, SNIPS without it, True if reportable)."""
    ### BEGIN SOLUTION
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    moved = np.abs(without - clicked / whole)  # 0 where nothing was measured
    row = int(moved.argmax())
    firm = moved[row] <= most * clicked / whole
    return (
        row,
        without[row],
        bool(firm and np.sum(weights[~measured]) <= 0.1 * np.sum(weights)),
    )
    ### END SOLUTION


# %% role="check" grade_id="weakest_row"
def weakest_with(
    rows="measured",
    pick="moved",
    out="both",
    place="log",
    of="with",
    share="weights",
    limit=0.1,
    verdict=lambda firm, covered: firm and covered,
):
    """The three answers, leaving out one row after the other, with faults."""

    def answers(clicks, weights, measured, most):
        n = len(weights)
        numbers = [t for t in range(n) if measured[t] or rows == "all"]

        def estimate(left_out=None):
            others = [t for t in numbers if t != left_out]
            above = sum(
                weights[t] * clicks[t] for t in (numbers if out == "weight" else others)
            )
            below = sum(weights[t] for t in (numbers if out == "click" else others))
            return above / (len(others) if out == "IPS" else below)

        whole = estimate()
        without = {t: estimate(t) for t in numbers}
        size = {
            "moved": lambda t: abs(without[t] - whole),
            "last": lambda t: abs(without[t] - whole),
            "weight by distance": lambda t: weights[t] * abs(clicks[t] - whole),
            "ratio": lambda t: abs(math.log(max(without[t], 1e-300) / whole)),
            "falls": lambda t: whole - without[t],
            "rises": lambda t: without[t] - whole,
            "weight": lambda t: weights[t],
        }[pick]
        row = max(numbers[::-1] if pick == "last" else numbers, key=size)
        every = sum(w * c for w, c in zip(weights, clicks, strict=True)) / sum(weights)
        unit = {"with": whole, "without": without[row], "nothing": 1, "every": every}[of]
        firm = abs(without[row] - whole) <= most * unit
        not_measured = [weights[t] for t in range(n) if not measured[t]]
        guessed = sum(not_measured)
        part = {
            "weights": guessed / sum(weights),
            "largest": max(not_measured) / sum(weights),
            "rows": 1 - sum(measured) / n,
            "ratio": guessed / (sum(weights) - guessed),
        }[share]
        number = row if place == "log" else numbers.index(row)
        return number, without[row], bool(verdict(firm, part <= limit))

    return answers


def some_rows(seed, n, guessed, share, heavy, most):
    """A log of which `share` of the weight rests on `guessed` rows; `most` in units of what its weakest row moves."""
    random = np.random.default_rng(seed)
    clicks, weights = (np.arange(n) % 3 == 0).astype(float), random.uniform(1, 3, size=n)
    weights[-2:] *= {"click": (3, 1), "heaviest": (5, 1), "no click": (1, 9)}[heavy]
    clicks[-2:] = 1, 0
    if heavy == "click":  # then the heaviest is not the one that moves it most
        weights[-1] = 1.2 * weights[-2]
    measured = np.arange(n) >= guessed
    weights[~measured] *= (
        share / (1 - share) * weights[measured].sum() / weights[~measured].sum()
    )
    order = np.r_[0, 1, 2 + random.permutation(n - 2)]
    clicks, weights, measured = clicks[order], weights[order], measured[order]
    _, without, _ = weakest_with()(clicks, weights, measured, most)
    whole = weights[measured] @ clicks[measured] / weights[measured].sum()
    return clicks, weights, measured, most * abs(without / whole - 1)


def rows_by_hand(clicks, weights, most):
    """A log whose first row was not measured."""
    return np.array(clicks, float), np.array(weights, float), np.arange(len(clicks)) > 0, most


weakest_cases = [
    some_rows(0, 14, 2, 0.05, "heaviest", 1.2),
    some_rows(1, 20, 1, 0.6, "no click", 1.4),
    some_rows(8, 18, 3, 0.05, "click", 0.2),
    some_rows(2, 15, 5, 0.02, "no click", 0.97),
    some_rows(3, 25, 8, 0.3, "click", 0.7),
    some_rows(4, 16, 4, 0.095, "click", 1.03),
    some_rows(5, 30, 1, 0.4, "heaviest", 1.1),
    some_rows(6, 40, 1, 0.095, "no click", 0.97),
    some_rows(7, 30, 2, 0.13, "no click", 1.5),
    some_rows(9, 24, 3, 0.105, "click", 1.3),
    some_rows(10, 30, 12, 0.3, "heaviest", 1.2),
    # the click of 20 is farther from the estimate, and the row of 50 takes half of all weight with it; that of 15 is
    # not, and loses more by ratios
    rows_by_hand([0, 0, 1, 0, 1, 0], [5, 50, 4, 13, 20, 13], 1.1),
    rows_by_hand([0, 0, 1, 0, 1, 0], [5, 50, 9, 13, 15, 13], 1.1),
    # two clicks of one weight
    rows_by_hand([1, 0, 1, 0, 1, 0, 0], [16, 2, 4, 2, 4, 2, 2], 0.5),
]
checked_weakest_row = check(
    5,
    "weakest_row",
    cases=[(case, weakest_with()(*case)) for case in weakest_cases],
    mistakes={
        "The estimate is from the measured rows alone; one made-up weight may swamp all others.": weakest_with(
            rows="all"
        ),
        "The heaviest row need not be the one that moves the estimate most: a click with less weight may do more.": (
            weakest_with(pick="weight")
        ),
        "Not only clicks hold an estimate. It may move up as well: without a heavy row that was NOT clicked.": (
            weakest_with(pick="falls")
        ),
        "An estimate may move down as well: without a heavy click it falls.": weakest_with(
            pick="rises"
        ),
        "Weight times distance from the estimate is not all: a row that is left out takes its weight with it, and the "
        "rest counts for the more the heavier it was.": weakest_with(
            pick="weight by distance"
        ),
        "This compares ratios, in which what falls counts for more than what rises. A move is a difference.": (
            weakest_with(pick="ratio")
        ),
        "Of several rows that move it equally far the first is wanted, and this is the last.": weakest_with(
            pick="last"
        ),
        "The row is numbered as in the whole log, and this is its number among the measured rows.": weakest_with(
            place="measured"
        ),
        "A row that is left out takes its weight with it: it is missing below the line, too.": weakest_with(
            out="click"
        ),
        "A row that is left out takes its click with it: it is missing above the line, too.": weakest_with(
            out="weight"
        ),
        "This divides by the number of rows, as IPS does. SNIPS divides by the sum of the weights.": weakest_with(
            out="IPS"
        ),
        "Row and estimate are right. The move is a share of what the estimate was WITH all measured rows.": (
            weakest_with(of="without")
        ),
        "Row and estimate are right. The move is a share of the estimate from the MEASURED rows, not from all.": (
            weakest_with(of="every")
        ),
        "Row and estimate are right. `most` is a share of the estimate, and yours is compared with the move itself.": (
            weakest_with(of="nothing")
        ),
        "Row and estimate are right. The tenth is one of the WEIGHT; one row may hold most of it.": weakest_with(
            share="rows"
        ),
        "Row and estimate are right. The tenth is one of the sum of ALL weights, not of those that were measured.": (
            weakest_with(share="ratio")
        ),
        "Row and estimate are right. A tenth is a SUM, and many small rows together may hold it; this looks at the "
        "largest of them.": weakest_with(share="largest"),
        "Row and estimate are right. No more than a tenth: a share of 0.105 is too much, and passes here.": (
            weakest_with(limit=0.12)
        ),
        "Row and estimate are right. No more than a tenth: shares of 0.105 and 0.13 are too much, and pass here.": (
            weakest_with(limit=0.2)
        ),
        "Row and estimate are right. Both conditions have to hold for a report, one is not enough.": weakest_with(
            verdict=lambda firm, covered: firm or covered
        ),
        "Row and estimate are right. The verdict forgets what rests on rows that nobody measured.": weakest_with(
            verdict=lambda firm, covered: firm
        ),
        "Row and estimate are right. The verdict forgets how far one row may move the estimate.": weakest_with(
            verdict=lambda firm, covered: covered
        ),
        "Row and estimate are right. True means that it may be reported; yours is the other way round.": weakest_with(
            verdict=lambda firm, covered: not (firm and covered)
        ),
        "Row and estimate are right. A row may move it by `most` at most; yours asks for more.": weakest_with(
            verdict=lambda firm, covered: not firm and covered
        ),
    },
    hint="Of all measured rows take the sum of the weights, and that of the weights of the clicked. What is left of "
    "each without row t? This can be written for all rows at once.",
    otherwise=OUR_ANSWER,
)


# %% role="graded" grade_id="weakest_row" points=2
def some_log(share, guessed, heavy):
    """A log of which `share` of the weight rests on the `guessed` rows that were not measured."""
    n = int(random.integers(24, 48))
    clicks, weights = (np.arange(n) % 3 == 0).astype(float), random.uniform(1, 3, size=n)
    clicks[-2:] = 1, 0
    measured = np.arange(n) >= guessed
    rest = measured & (np.arange(n) < n - 2)
    if heavy == "click":  # and not the heaviest row
        weights[-2:] = 9, 10.8
    elif heavy == "no click":
        weights[-1] = 27
    elif heavy == "change places":  # as in the check: the farther row is not the one
        for clicked, whole in ((1, 4), (0, 26)):
            these = rest & (clicks == clicked)
            weights[these] *= whole / weights[these].sum()
        weights[-2:] = 20, 50
    else:  # two clicks alike; all sums are whole, so no rounding tells them apart
        weights[rest] = 2 * np.diff(np.linspace(0, 48, rest.sum() + 1).round())
        clicks[-2:], weights[-2:], weights[~measured] = 1, 16, 1
    weights[~measured] *= (
        share / (1 - share) * weights[measured].sum() / weights[~measured].sum()
    )
    order = np.r_[0, 1, 2 + random.permutation(n - 2)]
    return clicks[order], weights[order], measured[order]


numbers, estimates, verdicts = [], [], []
# every verdict has its own reason: share not measured, in so many rows, what is heavy, how far a row may move it
kinds = [
    *((0.05, 5, "click", 1.2), (0.095, 1, "no click", 1.03), (0.04, 9, "click", 0.95)),
    *((0.3, 1, "click", 1.5), (0.6, 2, "no click", 1.3), (0.15, 7, "no click", 1.2)),
    *((0.09, 1, "no click", 0.97), (0.095, 3, "click", 1.02), (0.105, 3, "no click", 1.1)),
    *((0.35, 12, "click", 1.4), (0.05, 2, "change places", 1.1), (0.5, 8, "alike", 0.9)),
]
for place in random.permutation(len(kinds)):
    *kind, most = kinds[place]
    clicks, weights, measured = some_log(*kind)
    known, clicked = weights[measured], (weights * clicks)[measured]
    whole = clicked.sum() / known.sum()
    moved = (clicked.sum() - clicked) / (known.sum() - known) / whole - 1
    answer = weakest_row(clicks, weights, measured, most * np.abs(moved).max())
    for kept, each in zip((numbers, estimates, verdicts), answer, strict=True):
        kept.append(each)
publish(numbers=numbers, estimates=estimates, verdicts=verdicts)

# %% [markdown]
# Your rule on the three campaigns. Not measured is what lies below the smallest share that can be counted, and one row
# of ten thousand may move an estimate by a tenth.

# %%
from course_lib.datasets.click_weights import is_on_floor, target_probabilities

print("        of the measured rows                  without the weakest     not")
print("        effective samples  clicks  SNIPS  its weight, click: SNIPS  measured  reported")
kept = {}
for name, log in other.items():
    kept[name] = log.propensities > 0.99 / 200_000
    assert (kept[name] == ~is_on_floor(log)).all()
    w = uniform_weights(log)
    known = w[kept[name]]
    n_eff = off_policy.effective_samples(known)
    row, without, report = checked_weakest_row(log.clicks, w, kept[name], 0.1)
    print(
        f"{name:7} {n_eff:12.0f} {n_eff * log.rate:12.1f} "
        f"{off_policy.self_normalised(log.clicks[kept[name]], known):8.2%} {w[row]:10.1f} {log.clicks[row]:5}: "
        f"{without:8.2%} {1 - known.sum() / w.sum():9.0%} {'yes' if report else 'no':>8}"
    )

# %% [markdown]
# Some hundreds of effective samples each, and *one click* holds a third of the first estimate, a sixth of the second
# and half of the third. None may be reported. Effective samples do not see it; what they are worth in clicks, at the
# log's own rate (second column), says it at a glance: from one to five. That is the truth about this log, and the
# coverage below will confirm it.
#
# May one leave the row out? It is *one* impression of ten thousand, and what it stands for is known: an article in
# moments in which bts hardly ever showed it. Without it we estimate the value for all other moments, and say so. That
# is another question with an answer, instead of the old one without.

# %%
without_row = {
    name: weighted_interval(log, np.flatnonzero(kept[name])) for name, log in other.items()
}
plots.show(
    draw_values(
        {
            "counted in its own rows": measured,
            "SNIPS, all rows of bts": by_weights,
            "SNIPS, rows whose propensity was measured": without_row,
        }
    ),
    alt="For each campaign three points with bars: counted, all rows, rows that were measured. "
    + "; ".join(
        f"{name} {', '.join(f'{each[name][0]:.2%}' for each in (measured, by_weights, without_row))}"
        for name in CAMPAIGNS
    )
    + f". The last bar reaches to {without_row['women'][1][1]:.2%}.",
)

# %% [markdown]
# With the row 0.24 %, without it 0.77 %, counted 0.46 %. The second is not nearer. It is only honest: its bar says how
# little these rows know; your function has named the click that half of it rests on.
#
# ### Clipping
# Huge weights make noise, so one cuts them at a limit $M$: $\min(w_t, M)$. That buys effective samples and pays with a
# bias, which IPS has in one direction only, since clicks are never below 0. In the tiny world, exactly:
#
# $$ \text{E}\, \hat V_{IPS,M} = \sum_i \pi_0(i)\, \min\!\Big( \frac{\pi(i)}{\pi_0(i)},\, M \Big)\, q(i) \le V(\pi) . $$

# %% tags=["nbval-check-output"]
for limit in (0.2, 1, 2, 4):
    mean, spread, _ = over_all_logs(
        lambda items, rewards, most=limit: np.mean(
            off_policy.clip(tiny_weights(items), most) * rewards
        )
    )
    formula = (logging * np.minimum(target / logging, limit)) @ q
    assert np.isclose(mean, formula) and mean <= value + 1e-12
    print(f"limit {limit:3}: mean {mean:.4f} of {value:.2f}, spread {spread:.3f}")

# %% [markdown]
# **Predict first.** On the log, SNIPS with weights clipped at 1, 10, 100 ... As the limit falls to next to nothing, all
# weights become alike. Which number must the curve end at? And will it pass through what was counted?

# %% role="spoiler" fold="SNIPS and effective samples against the limit"
limits = np.geomspace(0.05, 30_000, 60)
figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.4))
for (name, log), role, style in zip(
    other.items(), ("real", "fake", "generator"), ("-", "--", "-."), strict=True
):
    curve = off_policy.clipping_curve(log.clicks, uniform_weights(log), limits)
    look = {"linestyle": style, "color": plots.COLOURS[role], "label": name}
    panels[0].plot(limits, [100 * point["self_normalised"] for point in curve], **look)
    panels[1].plot(limits, [point["effective_samples"] for point in curve], **look)
    place = {"all": 0.82, "men": 0.88, "women": 0.94}[
        name
    ]  # of the width: these have no limit
    panels[0].plot(
        place,
        100 * own[name].rate,
        plots.MARKERS[role],
        color=plots.COLOURS[role],
        transform=panels[0].get_yaxis_transform(),
    )
    print(
        f"{name:6} limit 0.05: {curve[0]['self_normalised']:.2%} (bts itself {log.rate:.2%}); "
        f"counted for uniform {own[name].rate:.2%}"
    )
panels[0].set(
    title="SNIPS, and as points what was counted",
    xlabel="limit of the weights",
    ylabel="click rate in %",
    xscale="log",
)
panels[1].set(
    title="What 10,000 rows are worth",
    xlabel="limit of the weights",
    ylabel="effective samples",
    xscale="log",
    yscale="log",
)
panels[0].set(ylim=(0, None), xlim=(0.03, 3e6))
panels[0].legend(fontsize=8, loc="lower left")
panels[1].legend(fontsize=8, loc="lower left")
plots.show(
    figure,
    alt="Left, SNIPS against the limit for three campaigns: all start at the rate of bts; two fall, women rises to "
    "0.8 and drops at the end to 0.24; points at the right stand at 0.38, 0.46 and 0.46. Right, effective samples fall "
    "from ten thousand to hundreds, and for women to two.",
)

# %% [markdown]
# At small limits every row counts the same, and what is estimated is $V(\pi_0)$, bts itself: right, and the answer to
# another question. In between each curve takes the value that was counted somewhere; for "women" it takes all from 0.24
# to 0.8 %. *That* is the trouble with clipping where nobody counted: whoever chooses the limit chooses the answer.
# Choose it before you look, from the weights alone.
#
# ### How honest is the bar?
# The intervals above are from the **bootstrap**: draw 10,000 rows from the log, with replacement, estimate again, some
# hundred times, and take the middle 95 %. It knows only what is in the log. If most of the noise comes from rows that
# are rare and heavy, a log that lacks them thinks itself quiet.
#
# To see whether it keeps its word one needs a world whose truth is known. Its rates are those of "men", both policies'
# rows together, shrunk. By how much? The counts are likeliest if the 34 rates come from a Beta distribution about the
# common rate that is worth some 1,800 impressions (its $\alpha + \beta$, the **strength**), and hardly less likely if
# all are alike. So this is one world of many that fit the log. In it a policy that likes some items as unevenly as bts
# does writes sixty logs of 10,000 rows.

# %%
(n_own, c_own), (n_other, c_other) = own["men"].counts, other["men"].counts
n_men, c_men = n_own + n_other, c_own + c_other
fit = item_rates.fit_spread(n_men, c_men)
rates = item_rates.item_rates(n_men, c_men, fit.strength)
print(
    f"strength {fit.strength:,.0f} impressions; p-value of 'all are alike' {fit.p_value:.2f}"
)
print(
    f"34 rates from {rates.min():.2%} to {rates.max():.2%}, mean {rates.mean():.2%}, "
    f"the second best {np.sort(rates)[-2]:.2%}"
)

# %% [markdown]
# **Predict first.** In how many of a hundred logs does the bootstrap's 95 % interval hold the truth: 95, about 90,
# about 75, or 50? And where it misses, is it too low, too high, or either?

# %% role="spoiler"
from course_lib.theory.bandits import worlds

uneven = worlds.uneven_policies(34, spread=1.8, count=50, seed=0)
held, too_low, by_error, error_too_low, samples = 0, 0, 0, 0, []
even = np.full(34, 1 / 34)
true_gain = rates.mean() - (uneven @ rates).mean()
for seed in range(60):
    drawn = worlds.draw_log(rates, uneven, rows=10_000, seed=seed)
    w = off_policy.importance_weights(1 / 34, drawn.propensities)
    draws = bootstrap.bootstrap(
        off_policy.self_normalised, drawn.rewards, w, draws=200, seed=seed
    )
    low, high = bootstrap.percentile_interval(draws)
    held += low <= rates.mean() <= high
    too_low += high < rates.mean()
    gain, error = checked_gain_from_the_log(
        drawn.items, drawn.rewards, drawn.propensities, even, np.full(34, drawn.rewards.mean())
    )
    by_error += abs(gain - true_gain) <= 1.96 * error
    error_too_low += gain + 1.96 * error < true_gain
    samples.append(off_policy.effective_samples(w))
print(
    f"60 logs worth {np.median(samples):.0f} effective samples in the middle: "
    f"the interval holds the truth in {held}, lies below it in {too_low}, above in {60 - held - too_low}"
)
print(
    f"your gain, 1.96 of your standard errors to either side: holds the truth in {by_error}, "
    f"lies below it in {error_too_low}"
)

# %% [markdown]
# About three in four, and *every* miss is too low. The interval of your gain does no better. A log that lacks the
# rare heavy clicks has a small value and a short bar at once; one that has them has a large value and a long bar,
# which reaches down to the truth. Look back at the first figure with that in mind: in "all" and "men" the computed
# values lie below the counted ones, and the gain in "all" that looked like a finding may well be a miss of this kind.
# Hundreds of effective samples are no comfort.
#
# `data/ad_tests.csv` has the same for all four estimators, 400 logs each, so that a share is good to about 4 points. In
# the last row the policies also *lean* towards the better items, as a learner's do.

# %%
ESTIMATORS = ("ips", "self_normalised", "direct", "doubly_robust")
tests = [row for row in read_table("ad_tests.csv") if row["what"] == "bootstrap"]
worlds_of = {(row["lean"], row["spread"]): row["effective_samples"] for row in tests}
print("share of bars that hold the truth, and their mean width in clicks of a hundred")
print("uneven  leans  effective samples", "".join(f"{name:>18}" for name in ESTIMATORS))
for (lean, spread), effective in sorted(worlds_of.items()):
    found = {
        row["method"]: row for row in tests if (row["lean"], row["spread"]) == (lean, spread)
    }
    print(
        f"{spread:6.1f} {'yes' if lean else 'no':>6} {effective:18,.0f}",
        "".join(
            f"{found[n]['share']:11.1%} ({100 * found[n]['width']:.2f})" for n in ESTIMATORS
        ),
    )
leaning = found["direct"]  # the last row
print(
    f"in the last row the policies earn {leaning['earned']:.2%}, and uniform showing {leaning['rate_a']:.2%}; "
    f"direct is off by {100 * leaning['bias']:+.2f} on average"
)

# %% [markdown]
# With an even policy all weights are 1, and the bars hold the truth nearly as often as promised. The more uneven the
# policy, the worse, down to two in three. IPS, self-normalised or doubly robust, it makes no difference: all three
# hang on the same heavy clicks. The direct method seems to stand above it, with the shortest bars, until the policies
# lean towards the better items: then it is too high, by nearly all that the policies are better than uniform, and its
# short bars are sure of it. That is what happened with "men": 0.69 % told, 0.46 % counted. In a simulation that
# method wins whose assumptions the simulation shares, so change the simulation before you believe it.

# %% [markdown]
# ### The other way round
# And what would *bts* have earned, from the rows of the uniform policy? These have wonderful propensities, one over the
# number of items, but now the target is bts, and its probabilities at *those* moments are needed: $\pi(i_t)$ for each
# row. They are written nowhere. What the log holds is what bts thought of the items it showed itself, at its own
# moments, and it changed its mind all week. Taking an item's share of impressions for its probability would answer
# about another policy, one that never learns. So from the log it cannot be done, and the library says so. (The authors
# publish besides what bts believed at the beginning of the week. With that one can value *that* fixed policy, and not
# the one that learned all week.) It also refuses a target that shows what the log never shows:

# %%
without_item = other["women"].where(other["women"].items != 19)
for log, target_policy in ((own["men"], "bts"), (without_item, "uniform")):
    try:
        target_probabilities(log, target_policy)
    except CourseError as error:
        print(error)

# %% [markdown]
# Two rules for those who write logs, then: log the probability of what was shown, **and** those of everything that was
# not.
#
# ## A policy that learns
# An A/B test shows the worse one to half of all visitors until the end. Could one not shift towards the better one on
# the way? That is a **bandit**, after the machines with one arm: each visitor is one pull. What a learner loses against
# somebody who knew the best item all along is its **regret** after $T$ visitors,
#
# $$ R_T = \sum_{t=1}^T \big( \max_i q(i) - q(i_t) \big) , $$
#
# counted in expected clicks, so that luck is not in it. Uniform showing has a regret that grows for ever along a line.
# Showing the best so far (**greedy**) may stick to the wrong one for ever, and then that is a line as well.
#
# **Thompson sampling** (1933) is one sentence: show each item with the probability that it is the best, given all
# clicks so far. And to do that nothing need be computed: draw a rate for each item from what you believe of it, and
# show the item with the largest. If the belief before was even, Beta(1, 1), then after $c$ clicks of $n$ it is
#
# $$ \text{density}(q) \propto q^c (1 - q)^{n - c}, \qquad \text{that is } \text{Beta}(1 + c,\; 1 + n - c) . $$
#
# Here are three items with true rates of 4, 5 and 8 %, as believed while
# visitors come.

# %% fold="Beliefs after 30, 300 and 3,000 visitors"
from course_lib.theory.bandits import learners, playing

three = np.array([0.04, 0.05, 0.08])
edges = np.linspace(0, 0.25, 51)
figure, panels = plt.subplots(1, 3, figsize=(9.6, 2.9), sharex=True)
for axes, visitors in zip(panels, (30, 300, 3000), strict=True):
    shown, clicked, dice = np.zeros(3), np.zeros(3), np.random.default_rng(4)
    for _ in range(visitors):
        item = learners.Thompson().choose(shown, clicked, 1, dice)[0]
        shown[item] += 1
        clicked[item] += dice.random() < three[item]
    for n, c, rate, role, style in zip(
        shown, clicked, three, ("real", "fake", "generator"), ("-", "--", "-."), strict=True
    ):
        draws = dice.beta(1 + c, 1 + n - c, size=200_000)
        belief = np.histogram(draws, edges)[0]
        axes.plot(
            50 * (edges[1:] + edges[:-1]),
            belief,
            style,
            color=plots.COLOURS[role],
            label=f"{rate:.0%}, shown {n:.0f}",
        )
    axes.set(title=f"after {visitors:,} visitors", xlabel="click rate in %", yticks=[])
    axes.legend(fontsize=8, loc="upper right")
    print(f"{visitors:5,} visitors: shown {shown.astype(int)}, clicked {clicked.astype(int)}")
panels[0].set_ylabel("belief")
plots.show(
    figure,
    alt="Three panels of three curves over click rates. After 30 visitors all are wide; after 300 they overlap; after "
    "3,000 that of the best item is narrow near its true rate and those of the other two are still wider.",
)

# %% [markdown]
# (Heights are not to one scale.) Look at the last panel. Of the best item it knows the rate; of the others just enough
# to leave them alone, and their curves stay wide. It does not *want* to know them. (Which is why its log is worth so
# little for other policies, as you have seen: a good learner writes bad logs.)

# %% [markdown]
# ## Exercise 6: any belief you like
# A Beta prior is handy, because what comes out is a Beta again. Nothing in Thompson sampling needs that. Let a click
# rate be one of $m$ possible ones, `grid` $(m,)$, rising, all between 0 and 1, and `prior` $(m,)$ what you think of
# each before: numbers above 0, whose sum need not be 1. Item $i$ was shown `shown[i]` times and clicked `clicked[i]`
# times, both $(k,)$. Numbers may be large, and need not be whole: a bandit that forgets has fractions.
#
# Write `grid_thompson(grid, prior, shown, clicked, uniforms)`, the item for each visitor, `(visitors,)`. The chance is
# handed in: `uniforms` (visitors, $k$), between 0 and 1. Each item has its posterior on the grid. For each visitor and
# each item a rate is drawn from it: the first rate of the grid at which the posterior, summed up from the lowest rate,
# reaches the uniform number. The visitor gets the item with the largest drawn rate, the first of them if there are
# several.
#
# A rate of 0.005 to the power of 700 is smaller than any number that Python has. Its logarithm is not.


# %% role="exercise" grade_id="grid_thompson"
# Exercise 6
def grid_thompson(grid, prior, shown, clicked, uniforms):
    """The item that Thompson sampling shows each visitor, (visitors,), with any prior on a grid of rates."""
    ### BEGIN SOLUTION
    logs = (
        np.log(prior)
        + np.outer(clicked, np.log(grid))
        + np.outer(shown - clicked, np.log(1 - grid))
    )
    posterior = np.exp(logs - logs.max(axis=1, keepdims=True))
    cumulative = np.cumsum(posterior, axis=1) / posterior.sum(axis=1, keepdims=True)  # (k, m)
    reached = cumulative[None] >= uniforms[:, :, None]
    return grid[reached.argmax(axis=2)].argmax(axis=1)
    ### END SOLUTION


# %% role="check" grade_id="grid_thompson"
def grid_thompson_with(
    missed=lambda shown, clicked: shown - clicked,
    clicks=True,
    prior_of=lambda prior, k: prior,
    draw="each",
    tie="first",
    step=0,
    once=False,
    subtracted=True,
    worst=False,
    prior_times=1,
    whole=True,
    own=True,
):
    """The items, by a loop over visitors, with faults."""

    def powers(grid, prior, n, c, k):
        logs = (c if clicks else 0.0) * np.log(grid) + missed(n, c) * np.log(1 - grid)
        return logs + prior_times * np.log(prior_of(prior, k))

    def posteriors(grid, prior, shown, clicked):
        k = len(shown)
        found = [powers(grid, prior, n, c, k) for n, c in zip(shown, clicked, strict=True)]
        for each in found:
            top = max(each) if own else max(map(max, found))
            chances = np.exp(each - (top if subtracted else 0))
            yield chances / chances.sum() if whole else chances

    def items(grid, prior, shown, clicked, uniforms):
        k, chosen = len(shown), []
        beliefs = list(posteriors(grid, prior, shown, clicked))
        for visitor in range(len(uniforms)):
            rates = []
            for item in range(k):
                number = uniforms[0 if once else visitor, 0 if draw == "one number" else item]
                number = 1 - number if draw == "from the top" else number
                if draw == "mean":
                    rates.append(beliefs[item] @ grid)
                elif draw == "likeliest":
                    rates.append(grid[np.argmax(beliefs[item])])
                else:
                    place = np.argmax(np.cumsum(beliefs[item]) >= number) + step
                    rates.append(grid[max(place, 0)])
            best = min(rates) if worst else max(rates)
            found = [item for item in range(k) if rates[item] == best] or [0]
            chosen.append(found[0] if tie == "first" else found[-1])
        return np.array(chosen)

    return items


def some_beliefs(seed, visitors, m, shown, clicked, highest=0.6):
    random = np.random.default_rng(seed)
    grid = np.sort(random.choice(np.arange(1, 101), m, replace=False)) / 100 * highest
    prior = random.uniform(0.5, 1, size=m) * 4.0 ** random.integers(0, 4, size=m)
    shown, clicked = np.array(shown, float), np.array(clicked, float)
    return grid, prior, shown, clicked, random.random((visitors, len(shown)))


belief_cases = [
    some_beliefs(0, 25, 12, [8, 5, 0], [3, 1.5, 0]),
    some_beliefs(3, 30, 3, [2, 1.5, 1], [0.25, 0.5, 0]),
    some_beliefs(1, 30, 6, [20, 12.5, 3, 9], [6, 4.25, 0.5, 3]),
    some_beliefs(2, 30, 60, [140e3, 150e3, 120e3], [650, 780, 620], highest=0.012),
]
checked_grid_thompson = check(
    6,
    "grid_thompson",
    cases=[(case, grid_thompson_with()(*case)) for case in belief_cases],
    mistakes={
        "What you thought before is missing: the prior belongs to the posterior.": grid_thompson_with(
            prior_of=lambda prior, k: np.ones(len(prior))
        ),
        "The prior comes in once, not once for each item.": grid_thompson_with(
            prior_of=lambda prior, k: prior**k
        ),
        "The prior comes in once, and here it is there twice.": grid_thompson_with(
            prior_times=2
        ),
        "Impressions without a click tell something, too: their factor is missing.": grid_thompson_with(
            missed=lambda shown, clicked: 0.0
        ),
        "1 - rate stands for an impression WITHOUT a click, so it counts shown - clicked times.": grid_thompson_with(
            missed=lambda shown, clicked: shown
        ),
        "Clicks tell something, too: their factor is missing.": grid_thompson_with(
            clicks=False
        ),
        "Nothing was drawn: the mean of a posterior is the same for every visitor, and nobody explores.": (
            grid_thompson_with(draw="mean")
        ),
        "Nothing was drawn: the likeliest rate is the same for every visitor, and nobody explores.": (
            grid_thompson_with(draw="likeliest")
        ),
        "Every visitor has numbers of their own; here all get those of the first.": grid_thompson_with(
            once=True
        ),
        "Every item has a number of its own, uniforms[visitor, item]; here they share the first.": (
            grid_thompson_with(draw="one number")
        ),
        "This is summed up from the highest rate. It is a fair draw as well, but not the one that was asked for.": (
            grid_thompson_with(draw="from the top")
        ),
        "The rate is the first whose sum REACHES the number, and this is the one below it.": grid_thompson_with(
            step=-1
        ),
        "The sums along the grid have to end at 1, else the lowest rates are drawn far too often.": grid_thompson_with(
            whole=False
        ),
        "Small counts work, large ones do not: subtract each item's own largest logarithm. Beside that of another item "
        "its powers are all 0.": grid_thompson_with(own=False),
        "Of several items with the largest rate the first is shown.": grid_thompson_with(
            tie="last"
        ),
        "This shows the item with the smallest drawn rate.": grid_thompson_with(worst=True),
        "Small counts work, large ones do not: powers become 0, and 0/0 is nan. Add logarithms, and subtract the "
        "largest before you go back.": grid_thompson_with(subtracted=False),
    },
    hint="Three steps: the logarithm of each item's posterior, (k, m); its sums along the grid, which end at 1; for "
    "each visitor and item the first sum that is at least the uniform number.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="grid_thompson" points=2
for case in range(4):
    k, m = int(random.integers(3, 6)), (40, 3, 60, 50)[case]
    grid = np.sort(random.choice(np.arange(1, 121), m, replace=False)) / 200
    prior = random.uniform(0.5, 1, size=m) * 4.0 ** random.integers(0, 4, size=m)
    if m == 3:  # low rates are likely: many draws are equal, and many are the lowest
        prior = np.array([8.0, 4.0, 1.0]) * random.uniform(1, 1.3, size=3)
    shown = random.uniform(5, 25, size=k) / (10 if m == 3 else 1)  # fractions
    clicked = shown * random.uniform(0.15, 0.35, size=k)
    if case >= 2:  # many: powers too small for any number, and the first item is not the best
        grid = np.linspace(0.0002, 0.01, m) + random.uniform(0, 1e-5)
        shown = random.integers(120_000, 160_000, size=k).astype(float)
        shown[0] /= 2  # whose likelihood is then larger than the others' by far
        rates = 0.005 + random.uniform(-1e-4, 1e-4, size=k)
        rates[0] = 0.0045
        clicked = np.round(shown * rates)
    chosen = grid_thompson(grid, prior, shown, clicked, random.random((60, k)))
    publish(**{f"chosen_{case}": chosen})

# %% [markdown]
# On a grid that is fine enough your function does what Beta distributions do. Who is shown how often, of three items
# after 135 visitors, with an even prior?

# %%
fine = (np.arange(2000) + 0.5) / 2000
shown, clicked = np.array([40.0, 50, 45]), np.array([1.0, 3, 2])
for name, chosen in (
    (
        "on the grid",
        checked_grid_thompson(fine, np.ones(2000), shown, clicked, dice.random((4000, 3))),
    ),
    ("by Beta", dice.beta(1 + clicked, 1 + shown - clicked, size=(4000, 3)).argmax(axis=1)),
):
    print(
        f"{name:12} shares of 4,000 visitors:",
        (np.bincount(chosen, minlength=3) / 4000).round(2),
    )

# %% [markdown]
# ## A world like the shop's
# Let learners play in the world that has judged the bootstrap, with its 34 rates of about half a per cent. An even
# prior, Beta(1, 1), believes that half of all articles are clicked by more than every second visitor. In a shop where
# one in two hundred clicks, it takes hundreds of impressions of each article to talk it out of that. Whoever has a log
# knows better. With your function any prior can be used:

# %%
POSSIBLE = np.linspace(0.0005, 0.02, 60)


def beta_on_grid(mean, strength):
    """A Beta prior with this mean, worth so many impressions, on the possible rates."""
    logs = (mean * strength - 1) * np.log(POSSIBLE)
    logs += ((1 - mean) * strength - 1) * np.log1p(-POSSIBLE)
    return np.exp(logs - logs.max()) + 1e-12


class WithPrior:
    """Your function as a learner."""

    def __init__(self, prior):
        self.prior = prior

    def choose(self, shown, clicked, visitors, rng):
        uniforms = rng.random((visitors, len(shown)))
        return checked_grid_thompson(POSSIBLE, self.prior, shown, clicked, uniforms)


contenders = {
    "uniform": learners.Uniform(),
    "Beta(1, 1) by the library": learners.Thompson(),
    "yours, prior as in the log": WithPrior(beta_on_grid(fit.mean, fit.strength)),
    "yours, sure of 1.5 % for all": WithPrior(beta_on_grid(0.015, 100_000)),
}
print("regret after 60,000 visitors, three seeds")
for name, learner in contenders.items():
    lost = [
        playing.play(rates, learner, visitors=60_000, batch=200, seed=seed).regret[-1]
        for seed in range(3)
    ]
    print(f"{name:30}", *(f"{each:5.0f}" for each in lost))

# %% [markdown]
# 60,000 visitors are three times both logs of "men", and Thompson sampling has lost hardly less than uniform showing.
# There are 34 items of half a per cent, and it *must* take long: think of the A/B test that needed 86,000 visitors an
# arm, for two arms. A prior from the log is worth little here; it tells how far rates lie apart, and not which one is
# best. And one that is sure of something false learns nothing at all: it does not believe what it sees.
#
# So longer: a million visitors, ten seeds, from `data/bandits.csv`, and a rival: **epsilon-greedy** shows the best rate
# so far, but to one visitor in ten any item. Thompson sampling plays twice: with an even prior, and with Beta(1, 200),
# which believes in about half a per cent.
#
# **Predict first.** Which has least regret after 10,000 visitors, and which after a million? Whose ten seeds differ
# most?

# %% role="spoiler" fold="Draw the regret of ten seeds"
NAMES = {
    "uniform": "uniform",
    "epsilon_greedy": "epsilon-greedy, 0.1",
    "thompson": "Thompson, Beta(1, 1)",
    "thompson_rare": "Thompson, Beta(1, 200)",
}
table = read_table("bandits.csv")


def regrets(world, learner, visitors):
    """Of the ten seeds."""
    return np.array(
        [
            row["regret"]
            for row in table
            if (row["world"], row["learner"], row["visitors"]) == (world, learner, visitors)
        ]
    )


checkpoints = sorted({row["visitors"] for row in table if row["world"] == "log"})
print(f"{'mean regret after':22}", "  ".join(f"{each:9,.0f}" for each in checkpoints))
figure, axes = plt.subplots(figsize=(6.8, 3.8))
for (learner, name), role, style in zip(
    NAMES.items(), plots.COLOURS, plots.STYLES, strict=False
):
    found = np.array([regrets("log", learner, visitors) for visitors in checkpoints])
    colour = plots.COLOURS[role]
    axes.plot(
        checkpoints,
        found.mean(axis=1),
        marker=plots.MARKERS[role],
        linestyle=style,
        color=colour,
        label=name,
    )
    axes.fill_between(
        checkpoints, found.min(axis=1), found.max(axis=1), color=colour, alpha=0.12
    )
    axes.plot(
        checkpoints[-1] * np.geomspace(1.15, 2.6, 10),
        np.sort(found[-1]),
        marker=plots.MARKERS[role],
        linestyle="none",
        markersize=5,
        color=colour,
    )
    print(f"{name:22}", "  ".join(f"{mean:9,.0f}" for mean in found.mean(axis=1)))
    print(" " * 22, "the ten at the end:", *(f"{each:,.0f}" for each in np.sort(found[-1])))
print(
    "greedy, no exploration, the ten at the end:",
    *(f"{each:,.0f}" for each in np.sort(regrets("log", "greedy", 1_000_000))),
)
axes.set(
    title="Regret in the world of the log, mean and range of ten seeds",
    xlabel="visitors",
    ylabel="clicks lost",
    xscale="log",
    yscale="log",
)
axes.legend(fontsize=8, loc="upper left")
plots.show(
    figure,
    alt="Regret over visitors on logarithmic axes. Uniform is a straight line. Epsilon-greedy lies below it "
    "clearly from thirty thousand visitors on, Thompson sampling from a hundred thousand, and at a million its mean "
    "is below that of epsilon-greedy, whose ten ends, small points at the right, lie seven below all others and three "
    "far above.",
)

# %% [markdown]
# After 10,000 visitors, as many as one half of a campaign has, the means differ by next to nothing. At 100,000 that of
# epsilon-greedy leads clearly: six of its seeds have settled early on something good. After a
# million the means, 876 against 777 and 650, tell nothing by themselves: look at the ten seeds (the small points on the
# right). In seven of them epsilon-greedy ends *below* every run of Thompson sampling. In three it holds on to a wrong
# favorite and loses five times as much. (The tenth of visitors who get just anything costs a tenth of 2,970.) What
# Thompson sampling buys is the absence of those three. Greedy showing, with no exploration at all, is a lottery: two of
# its seeds find the best article at once and lose next to nothing, and eight are stuck with another for ever. A mean of
# seeds is not what you get: you get one of them.
#
# ### A day that changes
# On a real day rates move: what sells in the morning does not sell at night. Let every item's rate go once up and down
# by 80 %, each at its own hour, so that the best item is another one from time to time. All that a learner knows grows
# old. It can **forget**: multiply all counts by $\gamma$ after each batch,
#
# $$ n(i) \leftarrow \gamma\, n(i) + \text{shown now}, \qquad c(i) \leftarrow \gamma\, c(i) + \text{clicked now}, $$
#
# which remembers about $1 + \gamma + \gamma^2 + \dots = 1 / (1 - \gamma)$ batches; or keep a **window** of the last
# batches only. With $\gamma = 0.95$, a window of 20 and 500 visitors a batch both remember 10,000 visitors.

# %% tags=["nbval-check-output"]
memory, discount = 0.0, 0.95
for _ in range(300):
    memory = discount * memory + 500
print(f"remembered {memory:,.0f} visitors; 500 / (1 - 0.95) = {500 / (1 - discount):,.0f}")
assert np.isclose(memory, 500 / (1 - discount), rtol=1e-4)

# %% [markdown]
# **Predict first.** Two such days: one with five creatives that are clicked often (2 to 6 %), one with the log's 34
# articles. On which of them does forgetting pay: on both, on one (which?), or on none?

# %% role="spoiler"
for name, mean, items in (("five creatives", 0.04, 5), ("the log's 34", rates.mean(), 34)):
    each = 10_000 * mean / items
    print(
        f"{name:15} {10_000 * mean:4.0f} clicks remembered by uniform showing, {each:4.1f} an item"
    )

forgetful = NAMES | {
    "flat_discount": "Beta(1, 1), discounted",
    "flat_window": "Beta(1, 1), window",
    "thompson_discount": "Beta(1, 200), discounted",
    "thompson_window": "Beta(1, 200), window",
}
print("regret, mean of ten days      five creatives, 100,000    the log's 34, 300,000")
for learner, name in forgetful.items():
    five = regrets("five_day", learner, 100_000)
    many = regrets("log_day", learner, 300_000)
    print(
        f"{name:26} {five.mean():8,.0f} ({five.min():5,.0f} to {five.max():5,.0f}) "
        f"{many.mean():8,.0f} ({many.min():5,.0f} to {many.max():5,.0f})"
    )
print(
    "\nwith less memory, minus without: mean of ten days ± standard error (days on which less is lost)"
)
for prior, forgets in (("thompson", "flat"), ("thompson_rare", "thompson")):
    for way in ("discount", "window"):
        print(f"{NAMES[prior]:22} {way:9}", end="")
        for world, visitors in (("five_day", 100_000), ("log_day", 300_000)):
            change = regrets(world, f"{forgets}_{way}", visitors) - regrets(
                world, prior, visitors
            )
            error = change.std(ddof=1) / math.sqrt(len(change))
            print(f"{change.mean():10,.0f} ± {error:3.0f} ({(change < 0).sum():2})", end="")
        print()

# %% [markdown]
# On one of the two. Among five creatives forgetting saves Beta(1, 1) nearly two thirds of what it loses, on all ten
# days. Among the log's 34 articles it costs three fifths more, on all ten. The first lines say why: 10,000 visitors
# bring 80 clicks for each of five creatives, and fewer than two for each of 34 articles. A memory must be short
# enough for the world and long enough for the clicks, and where clicks are rare no length may be both.
#
# With Beta(1, 200) the discount gains nothing among the five that ten days could show. What is forgotten by and by
# falls back to the prior, and that one believes in half a per cent: so it is not tried again. (The window forgets all
# at once, and gains as much as with the other prior. Why, we do not know.) Beta(1, 1) believes in a half, and tries
# everything it has forgotten; that is why it loses most where nothing can be learnt so fast.

# %% [markdown]
# ## What we saw
# - Clicks are counts. A rate made whole is 0; a rate without its number of impressions is half a datum; an accuracy of
#   100 % can mean that nothing was learnt.
# - Wald's interval fails just where advertising lives, at few clicks. Wilson's keeps its word, more or less.
#   Two intervals do not make one of a difference.
# - 287 clicks do not show that articles differ, and do not show that they do not. What a test can see is known before.
# - Looking every morning makes 5 % into 20. A bound for ten looks, or one for all moments, mends it, for visitors or
#   power.
# - A log can be asked about another policy if that policy's probabilities *and* those of the log are known. IPS is
#   right on average and noisy; doubly robust is right if either half is. One propensity that nobody measured can spoil
#   them.
# - Effective samples and the mean weight cost one line each, and so does leaving out the one row on which an estimate
#   hangs. The bootstrap does not see what is not in the log.
# - A good learner writes bad logs. In a world that moves it may gain by forgetting, if clicks are many. Ten seeds say
#   more than their mean.
#
# ## Quiz
#
# <details><summary>1. Banner b has 12 clicks of 2,000, a has 6 of 2,000. "Twice as good!" What do you answer?</summary>
# The interval of the difference (your exercise 2) reaches from about -0.1 to 0.8 of a hundred: anything from nothing
# to much more than twice. To find a lift from 0.3 to 0.6 % in four tests of five takes some 7,800 visitors an
# arm.</details>
#
# <details><summary>2. A colleague looks daily, but stops only if the same banner is ahead three days running with |z|
# above 1.96. Is that allowed?</summary>
# It is a rule like any other, and its false alarms can be simulated, as in exercise 3. With ten looks we find 6 in a
# hundred: nearly right, since three looks in a row hold mostly the same clicks, but far from "very safe". It has to be
# written down before the first look.</details>
#
# <details><summary>3. The mean of the weights of a log is 0.6. What does that tell?</summary> It should be 1. Either
# propensities are wrong or rows are missing, or the log just lacks the rare heavy rows, and then IPS will be too low,
# too. The standard error of the mean weight does not decide it: it is itself too small if the heavy rows are
# lacking.</details>
#
# <details><summary>4. SNIPS gives 0.3 % with an interval from 0.2 to 0.5 % and 340 effective samples. How many clicks
# do you expect in 340 rows?</summary>
# One; and Wilson's interval for 1 of 340 reaches from 0.05 to 1.6 %. The bootstrap thinks itself better than it is.
# </details>
#
# <details><summary>5. Thompson sampling ran for a year. Can its log say what uniform showing would have
# earned?</summary>
# In principle, if propensities were logged. But it hardly ever showed what it thought bad, so those rows are few and
# their weights are huge. Let it show a random item to one visitor in twenty, and log that.</details>
#
# <details><summary>6. Why would a learner that forgets have more regret in a world that stands still?</summary>
# It throws away what stays true, so its beliefs never become narrow, and it goes on trying what it should have given
# up.</details>
#
# ## Where next
# Lesson 16 puts a generator behind the items: pictures are drawn, clicks choose among them, and the generator learns
# from the choice. All that went wrong here goes wrong there as well, in a loop. If you have a log of your own, in the
# columns of the first section, `from_csv` reads it, and says what is wrong with it.
#
# ## References
# - Y. Saito, S. Aihara, M. Matsutani, Y. Narita, *Open Bandit Dataset and Pipeline*, NeurIPS Datasets and Benchmarks
#   2021 (arXiv:2008.07146). The log, CC BY 4.0; ours is a sample of its small version with fewer columns and shortened
#   hashes.
# - E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22, 1927.
# - L. D. Brown, T. T. Cai, A. DasGupta, *Interval estimation for a binomial proportion*, Statistical Science 16, 2001.
#   Coverage, and why not Wald.
# - R. G. Newcombe, *Interval estimation for the difference between independent proportions*, Statistics in Medicine
#   17, 1998. Method 10.
# - S. J. Pocock, *Group sequential methods in the design and analysis of clinical trials*, Biometrika 64, 1977.
#   P. C. O'Brien, T. R. Fleming, *A multiple testing procedure for clinical trials*, Biometrics 35, 1979.
# - J. Ville, *Etude critique de la notion de collectif*, 1939. S. R. Howard and others, *Time-uniform, nonparametric,
#   nonasymptotic confidence sequences*, Annals of Statistics 49, 2021.
# - D. G. Horvitz, D. J. Thompson, *A generalization of sampling without replacement from a finite universe*, JASA 47,
#   1952.
# - A. Swaminathan, T. Joachims, *The self-normalized estimator for counterfactual learning*, NIPS 2015.
# - M. Dudik, J. Langford, L. Li, *Doubly robust policy evaluation and learning*, ICML 2011 (arXiv:1103.4601).
# - A. B. Owen, *Monte Carlo theory, methods and examples*, 2013, chapter 9. Effective samples.
# - B. Efron, *Bootstrap methods: another look at the jackknife*, Annals of Statistics 7, 1979.
# - W. R. Thompson, *On the likelihood that one unknown probability exceeds another in view of the evidence of two
#   samples*, Biometrika 25, 1933. S. Agrawal, N. Goyal, *Analysis of Thompson sampling for the multi-armed bandit
#   problem*, COLT 2012 (arXiv:1111.1797).
# - V. Raj, S. Kalyani, *Taming non-stationary bandits: a Bayesian approach*, 2017 (arXiv:1707.09727). Discounting.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings: up to the good place to stop with exercises 1 to 3, then the rest. With 50 minutes: the
# first figure, peeking, the tiny world, the one row. Exercises 2 and 6 are good homework.
#
# **In class.** Let each student toss a coin forty times for two "banners" and raise a hand as soon as one is ahead by
# 1.96 standard errors at 10, 20, 30 or 40: count the hands.
#
# **Usual misconceptions.**
#
# - "10,000 rows are many." Count clicks, then effective samples.
# - "No significant difference means no difference." Ask for the power.
# - "They overlap, so they do not differ." See exercise 2.
# - "Doubly robust means safe." It needs one of two things to be right; a made-up propensity spoils one, and the mean
#   guess is not the other.
# - "The bootstrap needs no assumptions." It assumes that the log looks like the world, tail included.
# - "Bandits make A/B tests superfluous." They minimise regret; they do not measure the loser.
#
# **Ask.**
#
# - "Who chose these rows?" of any log, before anything else.
# - "What would you have done if 'women' had come out at 0.45 %?" (Nobody would have looked for the row.)
# - "Is it fair to try a worse banner on people? A worse treatment?" (Bandits were invented for medicine.)
#
# **The tables** come from `data/make_ads.py`, some minutes of processor time.
