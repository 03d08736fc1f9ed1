# %% [markdown]
# # 8. When GANs break
# Twelve patients wait in this clinic. Each is a GAN that somebody trained with the best intentions and that went
# wrong. You get what you would have in real life, curves and samples, and no name. Often two quite different
# faults give nearly the same curves. So guessing will not do: you look, name the suspects, run a test that tells them
# apart, write down a diagnosis, apply the cure, and see whether it works.
#
# **You will be able to**
#
# - read the vital signs of a GAN: losses, verdicts, gradients, steps, samples;
# - follow the generator's gradient through its four links, and say in which one it is lost;
# - tell collapse from bad training, a dead generator from a collapsed one, and one NaN from another;
# - run a test that decides between two diagnoses, and choose the cure that goes with the answer.
#
# **Time:** {minutes} minutes, eight exercises included; all cells together run in about a minute. **Assumed:** the game
# and its losses (lessons 1 and 3, or 6), and `tf.GradientTape` as a thing that takes derivatives.
#
# **Notation.** Real $x \sim p_{data}$, noise $z$, generator $G$ with weights $\theta$ and fakes $\tilde x = G(z)$,
# discriminator $D = \sigma(l)$ with logit $l$ and weights $\phi$, losses $L_D$ and $L_G$ to be made small. We call
# $D(x)$ the verdict.

# %% role="setup"
import itertools

import numpy as np

from course_lib.checks import check, check_that

# %% [markdown]
# ## The waiting room
# Ten of the patients draw points in the plane. The real points (blue dots) lie on a ring of eight bumps, and good
# fakes (orange crosses) would cover all eight. Both networks are dense, with two hidden layers of 64 units. A training
# takes about a second, so you can try anything. Patients K and L draw pictures and come at the end.
#
# The cell trains one healthy GAN and the ten patients. What is wrong with them stands in
# `course_lib/clinic/patients.py`. Do not look; you would spoil the fun.

# %%
import keras
import matplotlib.pyplot as plt
import tensorflow as tf

from course_lib import clinic, plots
from course_lib.models import losses
from course_lib.scores import metrics

plots.use_course_style()
tf.get_logger().setLevel("ERROR")

healthy = clinic.train(clinic.Settings())
patients = {letter: clinic.admit(letter) for letter in "ABCDEFGHIJ"}
real = clinic.real_points(400)


# %% fold="Draw the waiting room"
def draw_fakes(axes, fakes, title):
    """Real and fake points; the picture is as wide as it must be."""
    point = {"markersize": 2.4, "markeredgewidth": 0.7}
    axes.plot(*real.T, plots.MARKERS["real"], color=plots.COLOURS["real"], **point)
    axes.set(title=title, xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    axes.grid(False)
    if not np.isfinite(fakes).all():
        axes.text(0, 0, "no fakes:\nNaN", ha="center", va="center")
        fakes = np.zeros((0, 2))
    axes.plot(*fakes.T, plots.MARKERS["fake"], color=plots.COLOURS["fake"], **point)
    reach = max(3.2, 1.1 * np.abs(fakes).max(initial=0))
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))


figure, panels = plt.subplots(2, 5, figsize=(10, 4.4))
for axes, (letter, patient) in zip(panels.flat, patients.items(), strict=True):
    draw_fakes(axes, patient.fakes, f"patient {letter}")
    axes.set(xlabel="", ylabel="")
figure.supxlabel("$x_1$", fontsize=10)
figure.supylabel("$x_2$", fontsize=10)
plots.show(
    figure,
    alt="Ten small pictures of bumps of blue dots on a ring, and fakes as orange crosses. Some fakes sit in one "
    "spot, some lie far outside or inside the ring, two pictures have no fakes at all "
    "because they are NaN, and one looks nearly good.",
)

# %% [markdown]
# ## A healthy chart, and how to read it
# Every patient has a chart with four panels.
#
# 1. **Losses.** The dotted line is $2 \log 2 = 1.386$, what a discriminator pays that only guesses.
# 2. **Verdicts**, the means of $D(x)$ over real and of $D(\tilde x)$ over fake points.
# 3. **Gradients**: their length over all weights of $D$ and of $G$, and the *push*, of which more in a moment. The
#    scale is logarithmic, since lengths of $10$ and of $10^{-6}$ are both of interest.
# 4. **Fakes** at the end, from 500 latents.


# %% fold="Draw a chart"
def smooth(values, reach=5):
    """Mean over a few neighbours; curves that break off are left as they are."""
    if not np.isfinite(values).all():
        return values
    near = np.lib.stride_tricks.sliding_window_view(
        np.pad(values, reach, "edge"), 2 * reach + 1
    )
    return near.mean(axis=1)


def chart(rows):
    """The four panels for each patient in `rows`, a dictionary: name -> patient."""
    figure, panels = plt.subplots(
        len(rows),
        4,
        figsize=(10, 2.35 * len(rows)),
        squeeze=False,
        width_ratios=(3, 3, 3, 2.6),
    )
    colour = plots.COLOURS
    for (loss, verdict, gradient, fakes), (name, patient) in zip(
        panels, rows.items(), strict=True
    ):
        signs = {sign: smooth(values) for sign, values in patient.curves.items()}
        rounds = np.arange(1, len(signs["push"]) + 1)
        loss.axhline(2 * np.log(2), color=colour["neutral"], linestyle=":", linewidth=1)
        for axes, sign, who, style, label in (
            (loss, "discriminator_loss", "discriminator", "-", "$L_D$"),
            (loss, "generator_loss", "generator", "--", "$L_G$"),
            (verdict, "real_score", "real", "-", "$D$ on real"),
            (verdict, "fake_score", "fake", "--", "$D$ on fake"),
            (gradient, "discriminator_gradient", "discriminator", "-", "$D$"),
            (gradient, "generator_gradient", "generator", "--", "$G$"),
            (gradient, "push", "neutral", ":", "push"),
        ):
            marker = "." if not np.isfinite(signs[sign]).all() else None
            axes.plot(
                rounds, signs[sign], style, marker=marker, color=colour[who], label=label
            )
        broken = np.flatnonzero(~np.isfinite(patient.curves["generator_loss"]))
        last = broken[0] + 4 if len(broken) else len(rounds)
        for axes, label in ((loss, "loss"), (verdict, "mean verdict"), (gradient, "length")):
            axes.set(xlim=(0, last), xlabel="round", ylabel=label)
            axes.legend(fontsize=7, ncols=3, loc="upper center")
            if len(broken):
                axes.axvline(broken[0] + 1, color=colour["neutral"], linewidth=1)
                axes.locator_params(axis="x", integer=True)
        finite = patient.curves["generator_loss"][: last - 4 if len(broken) else last]
        if np.abs(finite).max() > 50:
            loss.set_yscale("symlog", linthresh=1)
            loss.set_ylim(-1, 1e3 * np.abs(finite).max())
        else:
            loss.margins(y=0.35)
        loss.set(title=f"{name}: losses")
        verdict.set(title="verdicts", ylim=(-0.03, 1.3), yticks=(0, 0.5, 1))
        gradient.set(title="gradients")
        gradient.set_yscale("log")
        low, high = gradient.get_ylim()
        gradient.set_ylim(max(low, 1e-9), high * 20)
        draw_fakes(fakes, patient.fakes, "fakes")
    return figure


plots.show(
    chart({"healthy": healthy}),
    alt="The healthy chart. The discriminator's loss stays a little below the dotted line at "
    "1.386, the verdicts on real and fake stay near one half, real a little above fake, "
    "gradients and push stay near one, and the fakes cover all eight bumps.",
)

# %% [markdown]
# Note what health looks like: **nothing happens in the losses**, and the samples get better all the same. $D$ is a
# little better than chance, always. Its loss lies just below the line.
#
# ### The four links of the generator's gradient
# $G$ learns through $D$. On the way from the loss back to its weights, and to a step, the gradient passes four links:
#
# $$ \underbrace{\frac{\partial L_G}{\partial l_i}}_{\text{1. push}} \;\to\;
#    \underbrace{\frac{\partial l_i}{\partial \tilde x_i}}_{\text{2. slope of } D} \;\to\;
#    \underbrace{\frac{\partial \tilde x_i}{\partial \theta}}_{\text{3. answer of } G} \;\to\;
#    \underbrace{\Delta \theta}_{\text{4. step}} , \qquad
#    \frac{\partial L_G}{\partial \theta} = \sum_i \frac{\partial L_G}{\partial l_i}\,
#    \frac{\partial l_i}{\partial \tilde x_i}\, \frac{\partial \tilde x_i}{\partial \theta} . $$
#
# By **push** we mean $n\,|\partial L_G / \partial l_i|$, averaged over a batch of $n$ fakes. For the loss we mostly
# use, $L_G = -\frac1n\sum_i \log D(\tilde x_i)$, it is the mean of $1 - D(\tilde x_i)$: near 1 when $D$ sees through
# the fakes. A gradient that is lost in one link is lost for good, whatever the others do. The cell takes the healthy
# patient, follows the links with tapes, and compares the product with the gradient that one tape finds alone.
# float32 has about seven digits; the sums are of hundreds of terms, so we allow a relative error of $10^{-4}$.


# %%
def healthy_generator_loss(logits):
    return tf.reduce_mean(tf.nn.softplus(-logits))  # softplus(-l) = -log D


weights = healthy.players[0].weights
latents = clinic.some_latents(256)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(weights)
    fake = healthy.generate(latents, weights)
    logits = healthy.judge(fake)
    loss = healthy_generator_loss(logits)
    total = tf.reduce_sum(logits)  # a logit depends on its own fake only: one slope for each

push = tape.gradient(loss, logits)  # (256, 1)
slope = tape.gradient(total, fake)  # (256, 2)
product = tape.gradient(fake, weights, output_gradients=push * slope)  # link 3, contracted
alone = tape.gradient(loss, weights)
error = float(tf.norm(product - alone) / tf.norm(alone))
print("the product of the links is the gradient:", error < 1e-4)
mean_push = float(tf.reduce_mean(256 * tf.abs(push)))
verdict = float(tf.reduce_mean(tf.sigmoid(logits)))
print(f"mean push {mean_push:.4f}, and 1 - mean verdict {1 - verdict:.4f}")
assert abs(mean_push - (1 - verdict)) < 1e-5

# %% [markdown]
# ## Consultation 1: both losses fall to nothing
# Two friends come in together, A and B. "Our losses are wonderful," they say.

# %%
plots.show(
    chart({"A": patients["A"], "B": patients["B"]}),
    alt="Two charts. In both the losses of the discriminator and of the generator fall to zero "
    "within some tens of rounds, gradients and push fall too, and the fakes are nowhere "
    "near the ring's bumps. In A the verdict on real things goes to zero and on fakes to "
    "one, in B it is the other way round.",
)

# %% [markdown]
# In a game in which one wins what the other loses, both cannot be happy. When they are, somebody has been told to
# want the wrong thing. There is a test that finds every fault of this kind: the **audit**. Take real and fake
# points, let $D$ judge them, and compute yourself, from the logits, what the losses *should* be:
#
# $$ L_D = \frac1n \sum_i \mathrm{softplus}(-l(x_i)) + \frac1n \sum_i \mathrm{softplus}(l(\tilde x_i)), \qquad
#    L_G = \frac1n \sum_i \mathrm{softplus}(-l(\tilde x_i)) . $$
#
# Then compare with what the training printed. We average the last 20 printed values; batches differ, so we look for
# *gross* differences only.


# %%
def audit(patient):
    """Printed losses (mean of the last 20 rounds) beside the losses of the logits now."""
    real_logits = patient.judge(clinic.real_points(1000, seed=3))
    fake_logits = patient.judge(patient.generate(clinic.some_latents(1000, seed=3)))
    softplus = tf.nn.softplus
    should_be = {
        "discriminator_loss": softplus(-real_logits) + softplus(fake_logits),
        "generator_loss": softplus(-fake_logits),
    }
    return {
        name: (float(patient.curves[name][-20:].mean()), float(tf.reduce_mean(value)))
        for name, value in should_be.items()
    }


def verdicts(patient):
    return [float(patient.curves[name][-20:].mean()) for name in ("real_score", "fake_score")]


audits = {name: audit(each) for name, each in {"healthy": healthy, **patients}.items()}
print("           L_D printed  audited    L_G printed  audited    D on real  on fake")
for name in ("healthy", "A", "B"):
    (d, d_now), (g, g_now) = audits[name].values()
    on_real, on_fake = verdicts(healthy if name == "healthy" else patients[name])
    print(f"{name:10}{d:12.3f}{d_now:9.3f}{g:15.3f}{g_now:9.3f}{on_real:13.3f}{on_fake:9.3f}")

# %% [markdown]
# Now you have all you need. Write your diagnoses between the quotes and run the cell; it answers at once, and there
# are no points. As long as one is empty it lists the names to choose from. (You find this cell after every
# consultation. What follows it gives the answer, so stop here first.)

# %%
clinic.discuss({"A": "", "B": ""})

# %% [markdown]
# ## A and B: what it was
# **A: swapped labels.** $D$ got the target 0 for real and 1 for fake points. It learnt exactly that: its verdict on
# real points is 0. Its printed loss is small, and the audit says what it would cost if $D(x)$ meant "real". And $G$
# is as pleased as can be. It wants to be called real, and $D$ calls whatever it makes real.
#
# **B: the generator aims at "fake".** Here $D$ is in order: its audit agrees and its verdicts are right. $G$ is the
# one with the wrong target. Instead of hiding it helps $D$ to find it.
#
# The losses could not tell the two apart; **the verdicts can**. Here are the records, and the cures: in each case one
# loss is put right, and the training starts anew.

# %%
for letter in "AB":
    print(f"{letter}: {clinic.record(letter)}\n")

treated = {
    "A": clinic.treat(
        patients["A"], discriminator_loss=losses.logistic_discriminator, rounds=1000
    ),
    "B": clinic.treat(
        patients["B"], generator_loss=losses.non_saturating_generator, rounds=1000
    ),
}


# %% fold="Draw before and after, and count bumps"
def modes_found(points):
    """On how many of the eight bumps there are fakes, and the share of fakes on a bump."""
    labels = metrics.nearest_mode(points, clinic.CENTRES, 3 * clinic.DEVIATION)
    return metrics.modes_covered(labels, 8), float(np.mean(labels >= 0))


def before_and_after(pairs):
    """A row for each: fakes before, fakes after, losses after. pairs: name -> (before, after)."""
    figure, panels = plt.subplots(
        len(pairs), 3, figsize=(8.6, 2.5 * len(pairs)), squeeze=False, width_ratios=(1, 1, 1.5)
    )
    for (left, right, loss), (name, (before, after)) in zip(
        panels, pairs.items(), strict=True
    ):
        draw_fakes(left, before.fakes, f"{name} before")
        draw_fakes(right, after.fakes, f"{name} treated")
        rounds = np.arange(1, len(after.curves["push"]) + 1)
        for who, style in (("discriminator", "-"), ("generator", "--")):
            values = smooth(after.curves[f"{who}_loss"])
            loss.plot(rounds, values, style, color=plots.COLOURS[who], label=f"loss of {who}")
        loss.set(title=f"{name} treated: losses", xlabel="round", ylabel="loss")
        loss.margins(y=0.35)
        loss.legend(fontsize=7, ncols=2, loc="upper center")
        found, share = modes_found(after.fakes)
        print(f"{name} treated: {found} of 8 bumps found, {share:.0%} of the fakes on a bump")
    return figure


plots.show(
    before_and_after({letter: (patients[letter], treated[letter]) for letter in "AB"}),
    alt="Patients A and B before, with fakes off the bumps, and treated, with fakes on all eight "
    "bumps. After the treatment the losses stay level near 1.3 and 0.8.",
)

# %% [markdown]
# With the one loss put right, both settings are the healthy ones, and so is the result. Loss curves that fall are
# good news in a classifier. In a GAN they are an alarm: it is the *balance* that keeps both players learning.

# %% [markdown]
# ## Consultation 2: a loss that does not fall
# Patients C and D both complain of their discriminator: $L_D$ hardly ever falls below the line.

# %%
plots.show(
    chart({"C": patients["C"], "D": patients["D"]}),
    alt="Two charts. C: the discriminator's loss rises steadily far above the dotted line while "
    "the generator's falls to zero; the fakes lie far outside the ring. D: the "
    "discriminator's loss stays at the dotted line, the verdicts on real and fake lie close "
    "together and well away from one half, and the fakes are near the ring but less neat "
    "than healthy ones.",
)

# %% [markdown]
# $L_D \approx 2 \log 2$ is what a *perfect* game looks like too: against fakes as good as real, nobody can do better.
# So is the generator too good, or the judge too bad? Give the judge an **easy task**: start afresh, hold the
# generator still in its first, clumsy state, and let $D$ alone learn for 300 rounds. Any sound discriminator brings
# $L_D$ near 0. We also look how far $D$'s weights move in a round.
#
# Before we run it, there is something to predict.
#
# ## Exercise 1: predict the floor
# One suspect is a squashing function in the wrong place: $D$'s output is squashed into an interval, *and then taken
# for a logit* by the loss. With a sigmoid it lies between 0 and 1, with a tanh between -1 and 1. Then even the best
# discriminator pays something. How much? Let the "logits" be confined to `low` $\le l \le$ `high`. $D$ knows for
# certain which things are real. It pays the cross-entropy for real things with the target $t$ = `real_target`, and
# for fakes with $t$ = `fake_target`,
#
# $$ L_D = c(t_{real}, l) + c(t_{fake}, \tilde l), \qquad c(t, l) = -t \log \sigma(l) - (1 - t) \log(1 - \sigma(l)) =
#    \mathrm{softplus}(l) - t\, l , $$
#
# and may choose $l$ for real and $\tilde l$ for fake things anywhere in the interval. Write `predict_floor(low,
# high, real_target, fake_target)`, the smallest $L_D$. Targets such as 0.9 are smoothed labels. Find where the
# derivative $\sigma(l) - t$ is zero, and what to do if that is outside the interval. An example: `predict_floor(0.0,
# 1.0, 1.0, 0.0)` is 1.0064.


# %% role="exercise" grade_id="predict_floor"
# Exercise 1
def predict_floor(low, high, real_target, fake_target):
    """The smallest L_D when what the loss takes for a logit lies in [low, high]."""
    ### BEGIN SOLUTION
    floor = 0.0
    for target in (real_target, fake_target):
        with np.errstate(divide="ignore"):
            best = np.clip(np.log(target) - np.log1p(-target), low, high)
        floor += np.logaddexp(0, best) - target * best
    return float(floor)
    ### END SOLUTION


# %% role="check" grade_id="predict_floor"
checked_predict_floor = check(
    1,
    "predict_floor",
    cases=[
        ((0.0, 1.0, 1.0, 0.0), 1.0064089),
        ((-1.0, 1.0, 1.0, 0.0), 0.6265234),
        ((-3.0, 4.0, 0.9, 0.0), 0.3736703),
        ((0.5, 2.0, 0.8, 0.1), 1.4244794),
        ((-3.0, 2.0, 0.9, 0.3), 0.9377923),
        ((2.5, 4.0, 0.8, 0.1), 2.9077795),
        ((-4.0, -3.0, 0.9, 0.2), 3.3971743),
    ],
    mistakes={
        "This is the floor without the interval: a target of 0.9 is best met at log(0.9 / 0.1), but only if that "
        "lies between low and high.": [
            0.0,
            0.0,
            0.3250830,
            0.8254854,
            0.9359473,
            0.8254854,
            0.8254854,
        ],
        "Fakes want the low end of the interval, real things the high end; you put both at the high end.": [
            1.6265234,
            1.6265234,
            4.4362999,
            2.4538560,
            1.8538560,
            4.4362999,
            3.3971743,
        ],
        "Right where the targets are 1 and 0. With a target such as 0.9 the best logit may lie inside the "
        "interval: where sigmoid(l) = 0.9.": [
            1.0064089,
            0.6265234,
            0.4667373,
            1.4510050,
            1.2755154,
            3.1470397,
            3.5667373,
        ],
        "Fakes may have a target above 0 as well: then their best logit too may lie inside the interval.": [
            1.0064089,
            0.6265234,
            0.3736703,
            1.4244794,
            1.2755154,
            2.9077795,
            3.5667373,
        ],
        "This is the mean of both; L_D is their sum.": [
            0.5032044,
            0.3132617,
            0.1868352,
            0.7122397,
            0.4688962,
            1.4538897,
            1.6985874,
        ],
    },
    hint="For each target: the logit log(t / (1 - t)), moved into [low, high], then softplus(l) - t l. Add both.",
    tolerance=1e-5,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="predict_floor" points=2 tolerance=1e-6
values = []
for middle, width in ((-4, 1), (-1, 2), (0, 1), (0, 4), (0, 6), (4, 1)):
    low = middle - width * random.uniform(0.5, 1)
    high = middle + width * random.uniform(0.5, 1)
    values.append(
        predict_floor(low, high, random.uniform(0.6, 0.98), random.uniform(0.02, 0.3))
    )
publish(values=values)

# %% [markdown]
# Now the easy task for three of them, the healthy one, C and D. **Predict first:** where will $L_D$ end for each if it
# is sound, frozen, or behind a sigmoid?


# %% role="spoiler"
def easy_task(patient):
    """G held still as it was born: L_D after 300 rounds, and how far D's weights move in one."""
    alone = clinic.treat(patient, generator_rate=0.0, rounds=300)
    return alone.curves["discriminator_loss"], alone.curves["discriminator_moved"].mean()


tasks = {
    name: easy_task(who)
    for name, who in (("healthy", healthy), *patients.items())
    if name in ("healthy", "C", "D")
}
for name, (curve, moved) in tasks.items():
    print(
        f"{name:8} L_D ends at {curve[-20:].mean():.4f}; D's weights move by {moved:.4f} a round"
    )
with np.errstate(divide="ignore"):  # a right answer may pass by the log of 0
    floor = checked_predict_floor(0.0, 1.0, 1.0, 0.0)
print(f"the floor of a sigmoid in the wrong place, as predict_floor has it: {floor:.4f}")
print("\nThe audit again:")
for name in ("C", "D"):
    (d, d_now), (g, g_now) = audits[name].values()
    print(
        f"{name}: L_D printed {d:.3f}, audited {d_now:.3f};  L_G printed {g:.3f}, audited {g_now:.3f}"
    )

# %% role="spoiler" fold="Draw the easy task"
figure = plots.line_curves(
    np.arange(1, 301),
    {name: curve for name, (curve, _) in tasks.items()},
    "The easy task: D alone against a generator that stands still",
    "round",
    "$L_D$",
    colours={"healthy": "real", "C": "neutral", "D": "discriminator"},
)
figure.axes[0].axhline(floor, color=plots.COLOURS["neutral"], linestyle=":", linewidth=1)
figure.axes[0].set(ylim=(-0.1, 2))
plots.show(
    figure,
    alt="Three curves of the discriminator's loss over 300 rounds. The healthy one falls to "
    "zero, C stays where it began, D falls to a dotted line at 1.006 and stays there.",
)

# %%
clinic.discuss({"C": "", "D": ""})

# %% [markdown]
# ## C and D: what it was
# **C: a frozen discriminator.** Its weights move by exactly 0. Here somebody set a learning rate of 0; a `trainable
# = False` that was never taken back, weights that are missing in the list given to the optimiser, or a loss that
# does not depend on them do the same. (Lesson 4 shows how `compile` can do it behind your back.) $G$ runs for ever
# in the direction that a random judge happens to like.
#
# **D: a sigmoid twice.** $D$'s verdicts were handed to a loss that wanted logits. The easy task stops at the floor
# you predicted. And the audit disagrees with the print. There is a third sign, a strange one: the verdicts on real
# *and* fake lie close together and far from one half. A judge who cannot tell should say $\frac12$; here that is the
# job of the second sigmoid, and it says $\frac12$ where the first says 0. Besides, the push passes through the slope
# of the first sigmoid, $D (1 - D) \le \frac14$, so $G$ learns slowly. You would not notice for a long time: it is
# the one that looked nearly good in the waiting room.

# %%
for letter in "CD":
    print(f"{letter}: {clinic.record(letter)}\n")
treated["C"] = clinic.treat(patients["C"], discriminator_rate=2e-3, rounds=1000)
treated["D"] = clinic.treat(
    patients["D"],
    discriminator_loss=losses.logistic_discriminator,
    generator_loss=losses.non_saturating_generator,
)
plots.show(
    before_and_after({letter: (patients[letter], treated[letter]) for letter in "CD"}),
    alt="Patients C and D before and treated. After the treatment both cover all eight bumps "
    "and their losses stay level.",
)

# %% [markdown]
# ### A second opinion
# The easy task asks whether the *judge* is sound. The opposite question, whether the *generator* is as good as $L_D
# \approx 1.386$ suggests, has a test as well. Hold the trained generator still, and let a **fresh** discriminator
# learn to catch it. By lesson 1 its loss ends near $\log 4 - 2\,\mathrm{JS}$. So if it stays close to 1.386, the
# fakes are good; if it falls, the old judge was asleep. We shall need this test for patient H. For now, the healthy
# one:

# %%
opinion = clinic.second_opinion(healthy).curves["discriminator_loss"]
print(
    f"healthy: its own judge pays {audits['healthy']['discriminator_loss'][1]:.2f}, ", end=""
)
print(f"a fresh one {opinion[-50:].mean():.2f} after {len(opinion)} rounds")

# %% [markdown]
# ## Consultation 3: the judge is always right
# Now the reverse. E and F start with their fakes in a corner of the plane, far from the ring, and that is where they
# still are.

# %%
plots.show(
    chart({"E": patients["E"], "F": patients["F"]}),
    alt="Two charts with the fakes in a small cloud far from the ring. In both the "
    "discriminator's loss is near zero, its verdict on real things is one and on fakes zero. "
    "In E the generator's loss is zero and its gradient and push are tiny; in F the "
    "generator's loss is large, its gradient is above one and its push is one.",
)

# %% [markdown]
# The judge is sure and right, and the fakes stand still. That is the commonest complaint of all. **Follow the
# gradient**: in which of the four links is it lost? (The third link, how $G$ answers to its weights, is not measured
# alone: we divide the whole gradient, the product of the first three, by push and slope.)


# %%
def follow_the_gradient(patient):
    """The four links: push, slope, answer, step; then the gradient, which is 1 to 3 together. Means of 20 rounds."""
    names = ("push", "slope", "generator_gradient", "generator_moved")
    push, slope, gradient, step = (float(patient.curves[name][-20:].mean()) for name in names)
    return push, slope, gradient / (push * slope), step, gradient


print(
    "           1. push    2. slope of D    3. answer of G    4. step of G    1 to 3: gradient of G"
)
for name, patient in (("healthy", healthy), ("E", patients["E"]), ("F", patients["F"])):
    print(f"{name:8}", *(f"{value:12.1e}    " for value in follow_the_gradient(patient)))
times = follow_the_gradient(healthy)[3] / follow_the_gradient(patients["F"])[3]
print(f"F's step is {times:.0f} times smaller than the healthy one.")

# %%
clinic.discuss({"E": "", "F": ""})

# %% [markdown]
# ## E and F: what it was
# **E: a vanishing gradient.** It is lost in the very first link. E plays the minimax game, $L_G = E[\log(1 - D(\tilde
# x))]$; its push is $D(\tilde x)$, and $D$ says 0. (Lesson 3 has the whole story. The slope and the answer are fine,
# and of no use.) The cure is a loss whose push is $1 - D$.
#
# **F: an overpowering discriminator.** Push, slope and answer are alive, and their product is even large; but the
# step is more than 400 times too small. The two learning rates, 0.01 for $D$ and 0.000002 for $G$, do not match. Many
# turns of $D$ for each of $G$, a head start, or a far larger network do the same. Cures: bring the rates and turns
# together.
#
# **And link 2?** It can be lost there as well: in a $D$ so steep between real and fake that it is flat *at* the fakes
# (Arjovsky and Bottou, 2017). With pictures that is the usual way. On the ring we can have it too, and say so at
# once: give $D$ units with a tanh, let the fakes begin far outside, at (30, 30), and give $D$ a head start. Where the
# fakes are, all its units are saturated. The push is 1, for $D$ is sure and the loss non-saturating; no loss can help
# here. Cures: make $D$ smoother by a gradient penalty, or blur what it sees by noise (lesson 9), or, here, give it
# back its LeakyReLU, which is flat nowhere. The last column of the table says how far the fakes get in 400 rounds.
# (How flat it is depends on the seed. With seed 2 a few units are not wholly saturated: the slope is a hundredth of a
# healthy one, and the fakes creep.)

# %%
flat = clinic.train(
    clinic.Settings(
        discriminator_activation="tanh",
        optimizer="sgd",
        discriminator_rate=1.0,
        generator_rate=0.1,
        start=30.0,
        head_start=1000,
        rounds=400,
    )
)
print(f"{'':18}1. push    2. slope of D    3. answer of G    4. step of G    fakes moved by")
for name, patient in (
    ("tanh, seed 0", flat),
    ("tanh, seed 2", clinic.treat(flat, seed=2)),
    (
        "LeakyReLU, seed 0",
        clinic.treat(flat, discriminator_activation="leaky_relu", discriminator_rate=0.01),
    ),
):
    way = np.linalg.norm(patient.films[-1].mean(axis=0) - patient.films[0].mean(axis=0))
    links = follow_the_gradient(patient)[:4]
    print(f"{name:17}", *(f"{value:9.1e}      " for value in links), f"{way:9.4f}")

# %% [markdown]
# Now the records of E and F, and their cures.

# %%
for letter in "EF":
    print(f"{letter}: {clinic.record(letter)}\n")
treated["E"] = clinic.treat(
    patients["E"], generator_loss=losses.non_saturating_generator, rounds=1500
)
treated["F"] = clinic.treat(
    patients["F"], discriminator_rate=2e-3, generator_rate=2e-3, rounds=1500
)
plots.show(
    before_and_after({letter: (patients[letter], treated[letter]) for letter in "EF"}),
    alt="Patients E and F before, with the fakes in a corner, and treated: now they lie along the "
    "ring, in E on most of the bumps and with a tail that leads away, in F on all of them.",
)

# %% [markdown]
# E finds most of the bumps and would need more time for the rest, since it is trained by plain gradient descent. That
# matters in another way, too. **Adam hides this disease for a while.** It divides the
# gradient by its own usual size, so a push of $10^{-3}$ moves the weights as far as a push of 1, until the gradient
# sinks below Adam's $\epsilon$ ($10^{-7}$). Try it: same loss, same head start, other optimiser.

# %%
by_adam = clinic.treat(
    patients["E"], optimizer="adam", discriminator_rate=2e-3, generator_rate=2e-3
)
for name, patient in (("gradient descent", patients["E"]), ("Adam", by_adam)):
    way = np.linalg.norm(patient.films.mean(axis=1) - patient.films[0].mean(axis=0), axis=1)
    print(f"{name:17} the fakes' centre has moved by {way[-1]:.2f}")

# %% [markdown]
# ## Exercise 2: derive, and let numbers check
# Do the chain yourself, where it fits on one line. Generator and discriminator are both linear: $\tilde x_i = A z_i +
# c$ and $l_i = w \cdot \tilde x_i + b$, for $n$ latents. On paper: what are $\partial L_G / \partial A$ and $\partial
# L_G / \partial c$, for the minimax loss $L_G = \frac1n \sum_i \log(1 - D_i)$ and for the non-saturating one, $L_G =
# -\frac1n \sum_i \log D_i$?
#
# Write `generator_gradients(z, A, c, w, b, loss)`: `z` has the shape (n, k), `A` (d, k), `c` and `w` (d,), `b` is a
# number, `loss` is `"minimax"` or `"non_saturating"`. Return the pair of arrays (of $A$'s shape, of $c$'s shape). The
# check takes difference quotients and knows no formula.


# %% role="exercise" grade_id="generator_gradients"
# Exercise 2
def generator_gradients(z, A, c, w, b, loss):
    """(dL_G/dA, dL_G/dc) for a linear generator before a linear discriminator."""
    ### BEGIN SOLUTION
    d = 1 / (1 + np.exp(-((z @ A.T + c) @ w + b)))
    push = -(d if loss == "minimax" else 1 - d) / len(z)  # dL_G/dl of each fake
    return np.outer(w, push @ z), push.sum() * w
    ### END SOLUTION


# %% role="check" grade_id="generator_gradients"
def linear_loss(z, A, c, w, b, loss):
    logits = (z @ A.T + c) @ w + b
    values = -np.logaddexp(0, logits) if loss == "minimax" else np.logaddexp(0, -logits)
    return values.mean()


def by_quotients(z, A, c, w, b, loss, step=1e-5):
    """Both gradients, one number of A and c moved at a time."""

    def slope(which, place):
        values = []
        for sign in (1, -1):
            moved = {"A": A.copy(), "c": c.copy()}
            moved[which][place] += sign * step
            values.append(linear_loss(z, moved["A"], moved["c"], w, b, loss))
        return (values[0] - values[1]) / (2 * step)

    of_A = np.array([slope("A", place) for place in np.ndindex(A.shape)]).reshape(A.shape)
    return of_A, np.array([slope("c", place) for place in np.ndindex(c.shape)])


draw = np.random.default_rng(2)
linear_cases = [
    (
        draw.normal(size=(5, 3)),
        draw.normal(size=(2, 3)),
        draw.normal(size=2),
        draw.normal(size=2),
        bias,
        loss,
    )
    for bias, loss in ((-0.7, "minimax"), (-0.7, "non_saturating"), (1.2, "minimax"))
]


def other_loss(z, A, c, w, b, loss):
    other = "minimax" if loss == "non_saturating" else "non_saturating"
    return by_quotients(z, A, c, w, b, other)


checked_generator_gradients = check(
    2,
    "generator_gradients",
    cases=[(case, by_quotients(*case)) for case in linear_cases],
    mistakes={
        "The sign is turned round.": lambda *case: tuple(
            -each for each in by_quotients(*case)
        ),
        "These are the gradients of the sum over the fakes; the losses are means.": lambda *case: (
            tuple(len(case[0]) * each for each in by_quotients(*case))
        ),
        "The two losses are exchanged: the minimax push is D, the non-saturating one 1 - D.": other_loss,
    },
    hint="Link by link: the push of fake i, then dl/dx = w, then dx/dc = 1 and dx_j/dA_jk = z_k; sum over the fakes.",
    tolerance=1e-6,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="generator_gradients" points=2 tolerance=1e-6
values = []
for loss in ("minimax", "non_saturating", "minimax"):
    z = random.normal(size=(int(random.integers(4, 9)), 3))
    A, c, w = random.normal(size=(2, 3)), random.normal(size=2), random.normal(size=2)
    of_A, of_c = generator_gradients(z, A, c, w, random.uniform(-2, 2), loss)
    values += [np.ravel(of_A), np.ravel(of_c)]
publish(values=np.concatenate(values))

# %% [markdown]
# Your gradients can train. Here is patient E on one page: a linear $G$ whose fakes begin around (4, 4), and a linear
# $D$ that stands still and is sure that nothing there is real. Two hundred steps of plain gradient descent, with your
# function and nothing else, once for each loss. $D$ gives the point (1.5, 1.5) the verdict $\frac12$.

# %%
w, b = np.array([-1.5, -1.5]), 4.5
z = np.random.default_rng(0).normal(size=(128, 3))
print(f"D's verdict where the fakes begin: {1 / (1 + np.exp(-(w @ [4, 4] + b))):.5f}")
for loss in ("minimax", "non_saturating"):
    A, c = 0.1 * np.eye(2, 3), np.array([4.0, 4.0])
    for _ in range(200):
        of_A, of_c = checked_generator_gradients(z, A, c, w, b, loss)
        A, c = A - 0.1 * of_A, c - 0.1 * of_c
    print(f"{loss:15} the fakes' centre after 200 steps: ({c[0]:.2f}, {c[1]:.2f})")

# %% [markdown]
# The fakes of the minimax game have hardly stirred; the others have crossed to where $D$ says "real" and beyond. (They
# go on, for this $D$ does not learn.) $D$ is the same in both, so it is the push alone that decides.

# %% [markdown]
# ## Consultation 4: all in one spot
# G and H. Both discriminators pay about 1.4, what guessing costs, both verdicts are at one half, and the fakes, 500
# of them, sit together.

# %%
plots.show(
    chart({"G": patients["G"], "H": patients["H"]}),
    alt="Two charts that look alike. The discriminator's loss is at the dotted line and both "
    "verdicts near one half. The fakes are a single spot in G and a small cloud in H.",
)

# %% [markdown]
# First the second opinion: is there anything to catch? (You see it at a glance in the plane. With pictures you would
# not.) Then, where were the fakes on the way?

# %%
for letter in "GH":
    opinion = clinic.second_opinion(patients[letter]).curves["discriminator_loss"]
    own = audits[letter]["discriminator_loss"][1]
    print(f"{letter}: its own judge pays {own:.2f}, a fresh one {opinion[-50:].mean():.2f}")

# %% fold="Draw six moments of each training"
figure, panels = plt.subplots(2, 6, figsize=(10, 3.9), sharex=True, sharey=True)
for row, letter in zip(panels, "GH", strict=True):
    patient = patients[letter]
    for axes, frame in zip(row, (10, 12, 14, 16, 18, 20), strict=True):
        draw_fakes(axes, patient.films[frame], f"{letter}, round {patient.film_rounds[frame]}")
        axes.set(xlim=(-3.6, 3.6), ylim=(-3.6, 3.6))
        axes.label_outer()
plots.show(
    figure,
    alt="Six moments of the training of G and of H. In each picture the fakes form one spot or a "
    "handful of points, and from picture to picture it is somewhere else.",
)

# %% [markdown]
# A fresh judge catches both. The old judges pay as if they guessed because they are always late: by the time they have
# learnt where the spot is, it is somewhere else.
#
# So: a **collapsed** generator, which could draw many things and draws one, or a **dead** one, which cannot? The
# difference is in link 3: does $G$ still answer to its input? A ReLU unit that gives 0 for *every* latent passes no
# gradient, and no learning will wake it: it is dead. The test needs a bit of care; that is yours.
#
# ## Exercise 3: repair
# `dead_units(latents, kernels, biases)` is to return, for each hidden layer of a dense network of ReLU units, the
# share of units that are 0 for **all** latents. (`kernels[0]` has the shape (inputs, units), and so on; the output
# layer is not among them.) Below is a version that sounds the alarm for healthy networks too. It has **two** faults.


# %% role="exercise" grade_id="dead_units"
# Exercise 3
def dead_units(latents, kernels, biases):
    """For each hidden ReLU layer the share of units that are 0 for all latents: a list."""
    ### BEGIN BROKEN
    # shares, signal = [], latents
    # for kernel, bias in zip(kernels, biases, strict=True):
    #     signal = signal @ kernel + bias
    #     shares.append(float(np.mean(signal <= 0)))
    # return shares
    ### END BROKEN
    ### BEGIN SOLUTION
    shares, signal = [], latents
    for kernel, bias in zip(kernels, biases, strict=True):
        signal = np.maximum(signal @ kernel + bias, 0)
        shares.append(float(np.mean(np.all(signal == 0, axis=0))))
    return shares
    ### END SOLUTION


# %% role="check" grade_id="dead_units"
def relu_network(seed, sizes, shift):
    """Latents, kernels and biases; a negative shift kills units."""
    draw = np.random.default_rng(seed)
    kernels = [draw.normal(size=pair) for pair in itertools.pairwise(sizes)]
    biases = [draw.normal(shift, 2, size=size) for size in sizes[1:]]
    return draw.normal(size=(12, sizes[0])), kernels, biases


# A first layer that is dead, before units that give the same number for all latents: 0 or, with a bias above 0, not.
silenced = relu_network(3, (3, 6, 5), 0)
silenced[2][:] = [np.full(6, -50.0), np.array([1.0, -1.0, 2.0, 0.5, -3.0])]
checked_dead_units = check(
    3,
    "dead_units",
    cases=[
        (relu_network(1, (3, 20, 20), -2), [0.3, 0.45]),
        (relu_network(2, (4, 16, 30, 10), -3), [0.25, 0.4666667, 0.2]),
        (silenced, [1.0, 0.4]),
    ],
    mistakes={
        "Both faults are still there: a zero is not a dead unit, and what does a layer hand on to the next?": [
            [0.7458333, 0.5],
            [0.8385417, 0.5388889, 0.5],
            [1.0, 0.6],
        ],
        "The signal is right now. But this is the share of zeros: a unit is dead if it is 0 for every latent, and a "
        "healthy one is often 0 for some.": [
            [0.7458333, 0.7708333],
            [0.8385417, 0.8305556, 0.7083333],
            [1.0, 0.4],
        ],
        "Units are counted rightly. But what a layer hands on is the output of its ReLU, without negative numbers.": [
            [0.3, 0.1],
            [0.25, 0.2, 0.2],
            [1.0, 0.6],
        ],
        "You look for latents for which all units are 0. The first axis counts latents, the second units.": [
            [0.0, 0.0],
            [0.25, 0.0, 0.0],
            [1.0, 0.0],
        ],
        "A unit that gives the same number for all latents is not yet dead: dead is one whose number is always 0.": [
            [0.3, 0.45],
            [0.25, 0.4666667, 0.2],
            [1.0, 1.0],
        ],
    },
    hint="Two faults: what is passed on to the next layer, and what is counted.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="dead_units" points=1
values = []
for first_shift in (0, 0, 0, -80):  # in the last network the whole first layer is dead
    sizes = (3, *(int(size) for size in random.integers(15, 40, size=3)))
    kernels = [random.normal(size=pair) for pair in itertools.pairwise(sizes)]
    biases = [random.normal(random.uniform(-4, -1), 2, size=size) for size in sizes[1:]]
    biases[0] += first_shift
    values += dead_units(random.normal(size=(10, 3)), kernels, biases)
publish(values=values)

# %% [markdown]
# The test, by your function, on G, H and the healthy one. G has units with a ReLU. The others have a LeakyReLU, which
# is flat nowhere, so that none of their units can fall silent for good. Lest you think that G's numbers are what a ReLU
# is like, the last row is its twin, with the same first weights and a small learning rate. The third number says how
# much the fakes differ among each other: the mean of the standard deviations of $x_1$ and $x_2$ over 500 latents.


# %%
def silent_units(patient):
    """The share of silent units in each hidden layer of the generator."""
    if patient.settings.generator_activation != "relu":
        return [0.0, 0.0]
    return checked_dead_units(clinic.some_latents(500), *patient.hidden_weights())


twin = clinic.treat(patients["G"], generator_rate=2e-3)
for name, patient in (
    ("healthy", healthy),
    ("G", patients["G"]),
    ("H", patients["H"]),
    ("G's twin", twin),
):
    silent, spread = silent_units(patient), patient.fakes.std(axis=0).mean()
    print(
        f"{name:8} silent units: {silent[0]:4.0%} and {silent[1]:4.0%};  spread {spread:.4f}"
    )

# %%
clinic.discuss({"G": "", "H": ""})

# %% [markdown]
# ## G and H: what it was
# **G: a dead generator.** Its learning rate was 150 times too large. The first steps threw the biases so far down
# that the second hidden layer is silent. Only the last layer's bias still learns: a single point that walks. (If the
# output saturates as well, as a tanh does, nothing moves at all; then the course's alarm "dead generator" rings,
# which waits until *no* weight has changed for a while.)
#
# **H: mode collapse.** All units are alive. $G$ made ten steps for each step of $D$; so each time it runs all the way
# to the one spot this $D$ likes best, and $D$ then learns that this spot is bad, and so on, round and round. Each
# spot may be a perfect bump: every single fake good, all of them alike.
#
# **The cures differ, and that is the point.** We treat both in two ways: with the settings put right *from here on*,
# and with the settings put right *from the start*.

# %%
for letter in "GH":
    print(f"{letter}: {clinic.record(letter)}\n")
cures = {"G": {"generator_rate": 2e-3}, "H": {"generator_turns": 1, "discriminator_turns": 3}}
for letter, cure in cures.items():
    for afresh in (False, True):
        patient = clinic.treat(patients[letter], afresh=afresh, rounds=1000, **cure)
        treated[letter, afresh] = patient
        silent = silent_units(patient)[1]
        found, share = modes_found(patient.fakes)
        print(
            f"{letter}, {'afresh' if afresh else 'from here on':12}: {found} of 8 bumps, "
            f"{share:.0%} of the fakes on a bump, {silent:.0%} of layer 2 silent"
        )

# %% fold="Draw both treatments"
figure, panels = plt.subplots(2, 3, figsize=(7.2, 4.7))
for row, letter in zip(panels, cures, strict=True):
    draw_fakes(row[0], patients[letter].fakes, f"{letter} before")
    draw_fakes(row[1], treated[letter, False].fakes, f"{letter}, cured from here on")
    draw_fakes(row[2], treated[letter, True].fakes, f"{letter}, cured from the start")
plots.show(
    figure,
    alt="Two rows of three pictures. G before: one spot; with its settings put right from here on "
    "it finds few bumps and throws some fakes far out; trained from the start it covers them all. "
    "H before: one spot; put right from here on it covers the bumps, and from the start too.",
)

# %% [markdown]
# **A collapsed generator recovers; a dead one limps at best.** For H it was enough to give the judge three turns for
# each of $G$, so that it could catch up. In G a few units may wake by chance, but most stay silent for ever.
# For G a smaller rate comes too late: go back to the last checkpoint in which it was alive, and take a LeakyReLU,
# which never quite shuts, if it happens again. For collapse there are more cures than equal turns: let $D$ see many
# fakes at a time (minibatch discrimination; Salimans and others, 2016), or let $G$ look a few steps of $D$ ahead
# (Metz and others, 2017).
#
# **A good place to stop.** Next you measure collapse by a number, and then come two trainings that end in NaN, and
# patients that draw pictures.
#
# ## Exercise 4: collapsed, or just bad?
# Another pair that is often confused. The healthy patient after 100 rounds has few fakes on a bump; H at a good
# moment has many on one bump. "Number of bumps found" is a rough measure: is a bump found if it has a single fake? A
# smooth one is the **effective number of modes**. Let $p_k$ be the share of mode $k$ *among the samples that lie on
# any mode*. Then
#
# $$ N = e^{H}, \qquad H = -\sum_k p_k \log p_k \quad (0 \log 0 = 0) . $$
#
# Eight equal shares give 8, one full mode gives 1, and shares 0.9 and 0.1 give 1.38. Write
# `quality_and_modes(samples, centres, radius)`: a sample lies on its *nearest* centre's mode if its distance is at
# most `radius`. Return the pair (share of all samples that lie on a mode, effective number of modes among those);
# `(0.0, 0.0)` if none does. `samples` has the shape (n, d), `centres` (k, d).


# %% role="exercise" grade_id="quality_and_modes"
# Exercise 4
def quality_and_modes(samples, centres, radius):
    """(share of the samples on a mode, exp of the entropy of the modes' shares)."""
    ### BEGIN SOLUTION
    distances = np.linalg.norm(samples[:, np.newaxis] - centres, axis=2)
    on_mode = distances.min(axis=1) <= radius
    if not on_mode.any():
        return 0.0, 0.0
    counts = np.bincount(distances.argmin(axis=1)[on_mode])
    shares = counts[counts > 0] / on_mode.sum()
    return float(on_mode.mean()), float(np.exp(-np.sum(shares * np.log(shares))))
    ### END SOLUTION


# %% role="check" grade_id="quality_and_modes"
corners = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0]])
spots = np.array([[0.1, 0.2], [0.3, 0.0], [3.9, 0.1], [2.0, 2.0], [0.0, 3.7], [9.0, 9.0]])
one_spot = np.array([[4.0, 3.9]] * 3 + [[2.2, 2.0]])
# In space: at the radius exactly (it counts), beside it by the third coordinate, and near a corner on the diagonal.
places = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 0.0, 4.0]])
in_space = np.array(
    [[0.5, 0, 0], [0.1, 0, 0.6], [0.4, 0.4, 0], [4.3, 0.3, 0], [4, 0.3, 0.3], [0, 0, 4.5]]
)
checked_quality_and_modes = check(
    4,
    "quality_and_modes",
    cases=[
        ((spots, corners, 0.5), (0.6666667, 2.8284271)),
        ((one_spot, corners, 0.5), (0.75, 1.0)),
        ((spots, corners, 4.0), (0.8333333, 2.5864093)),
        ((one_spot, corners, 0.01), (0.0, 0.0)),
        ((in_space, places, 0.5), (0.6666667, 2.8284271)),
    ],
    mistakes={
        "This is the number of modes that have any sample; the effective number weighs them by their shares.": [
            (0.6666667, 3.0),
            (0.75, 1.0),
            (0.8333333, 3.0),
            (0.0, 0.0),
            (0.6666667, 3.0),
        ],
        "This is the entropy H itself; the effective number is exp(H).": [
            (0.6666667, 1.0397208),
            (0.75, 0.0),
            (0.8333333, 0.9502705),
            (0.0, 0.0),
            (0.6666667, 1.0397208),
        ],
        "The shares p_k should sum to 1: divide by the number of samples on a mode, not by that of all samples.": [
            (0.6666667, 2.6207414),
            (0.75, 1.2408065),
            (0.8333333, 2.5697966),
            (0.0, 0.0),
            (0.6666667, 2.6207414),
        ],
        "Samples that are far from every centre do not lie on a mode: they must not count in the shares.": [
            (0.6666667, 3.4641016),
            (0.75, 1.7547654),
            (0.8333333, 3.4641016),
            (0.0, 1.7547654),
            (0.6666667, 2.7494593),
        ],
        "0 log 0 is to count as 0, but np.log(0) is minus infinity, and 0 times that is nan: leave out modes that "
        "have no sample.": [
            (0.6666667, np.nan),
            (0.75, np.nan),
            (0.8333333, np.nan),
            (0.0, 0.0),
            (0.6666667, 2.8284271),
        ],
        "A sample lies on a mode if its distance is at most `radius`: at the radius exactly, too.": [
            (0.6666667, 2.8284271),
            (0.75, 1.0),
            (0.8333333, 2.5864093),
            (0.0, 0.0),
            (0.3333333, 1.0),
        ],
    },
    hint="Distances (n, k), the nearest centre of each sample, those within the radius, their counts, shares, entropy.",
    tolerance=1e-5,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="quality_and_modes" points=2 tolerance=1e-6
values = []
for size in (2, 3, 2, 3):
    centres = random.uniform(-3, 3, size=(6, size))
    place = random.choice(6, size=60, p=random.dirichlet(np.ones(6)))
    samples = centres[place] + 0.5 * random.normal(size=(60, size))
    values += list(quality_and_modes(samples, centres, random.uniform(0.4, 0.7)))
values += list(quality_and_modes(samples, centres + 20, 0.5))  # none on any mode
towns = 10.0 * np.stack(
    np.divmod(random.permutation(25)[:5], 5), axis=1
)  # whole numbers: many exactly at the radius
samples = towns[random.integers(5, size=80)] + random.integers(-3, 4, size=(80, 2))
values += list(quality_and_modes(samples, towns, 3.0))
publish(values=values)

# %% [markdown]
# Both numbers together tell the two apart: bad training has low quality on many modes, collapse has few modes at
# whatever quality. Here they are, by your function, for all 21 frames of two trainings.


# %%
def measured(points):
    """Quality and effective number of modes of points on the ring, by the function of exercise 4."""
    with np.errstate(all="ignore"):  # a right answer may pass by 0 / 0 and the log of 0
        return checked_quality_and_modes(points, clinic.CENTRES, 3 * clinic.DEVIATION)


watched = {"healthy": healthy, "H": patients["H"]}
course = {
    name: np.array([measured(frame) for frame in each.films]) for name, each in watched.items()
}
for name, patient in watched.items():
    early, best, last = 2, course[name][:, 0].argmax(), 20
    for when, frame in (("early", early), ("at its best", best), ("at the end", last)):
        quality, modes = course[name][frame]
        print(
            f"{name:8}{when:12} round {patient.film_rounds[frame]:5}: quality {quality:4.0%}, {modes:.1f} modes"
        )

# %% fold="Draw the bumps and both numbers over the rounds"
figure, panels = plt.subplots(2, 2, figsize=(8.6, 4.9), sharex="col", sharey="row")
for (above, below), (name, patient) in zip(panels.T, watched.items(), strict=True):
    nearest = [
        metrics.nearest_mode(frame, clinic.CENTRES, 3 * clinic.DEVIATION)
        for frame in patient.films
    ]
    shares = np.array(
        [np.bincount(each[each >= 0], minlength=8) / len(each) for each in nearest]
    ).T
    picture = above.imshow(
        shares, aspect="auto", cmap="cividis", vmin=0, vmax=0.3, origin="lower"
    )
    above.set(title=f"{name}: share of the fakes on each bump", ylabel="bump")
    above.grid(False)
    quality, modes = course[name].T
    below.plot(quality, "-", color=plots.COLOURS["real"], label="quality")
    below.plot(modes / 8, "--", color=plots.COLOURS["fake"], label="effective modes / 8")
    below.set(
        title=f"{name}: both numbers", xlabel="round", ylabel="share", ylim=(-0.03, 1.03)
    )
    below.set_xticks([0, 10, 20], [str(patient.film_rounds[frame]) for frame in (0, 10, 20)])
    below.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0.3, 0.24))
figure.colorbar(picture, ax=panels[0], label="share", extend="max")
plots.show(
    figure,
    alt="Above, two maps of eight bumps over the rounds. Healthy: all rows grow brighter "
    "together. H: nearly everything is dark, and now and then one single bump is bright for a "
    "moment. Below, both numbers: in the healthy training the effective modes are near 8 from "
    "the first frames on, and the quality rises; in H the effective modes stay at an eighth "
    "or nothing, while the quality jumps up and down.",
)

# %% [markdown]
# ## Consultation 5: NaN
# The next two broke off. "Not a number", and from there on every number is NaN: it is contagious, since everything
# that is computed from it is NaN as well.

# %%
plots.show(
    chart({"I": patients["I"], "J": patients["J"]}),
    alt="Two charts that end at a vertical line. In I the curves stay ordinary until they break "
    "off, in J the losses grow beyond all bounds within a few rounds. Both have no fakes.",
)

# %% [markdown]
# Two suspects. Perhaps the weights ran away, and overflowed: **the steps were too large**. Or the weights are fine,
# and one formula gave `inf` for an innocent number: **the logarithm of 0**. The test is a **post-mortem**: go back
# to the last rounds in which everything was finite. In the first case the signs have been exploding for some rounds.
# In the second they look ordinary up to the last.


# %% fold="Print the last finite rounds"
def last_rounds(patient, count=4):
    """The last finite rounds before the first NaN, as rows of selected signs."""
    names = ("discriminator_loss", "generator_loss", "generator_gradient", "largest_weight")
    table = np.array([patient.curves[name] for name in names]).T
    first_broken = np.flatnonzero(~np.isfinite(table).all(axis=1))[0]
    return first_broken, table[max(0, first_broken - count) : first_broken + 1]


for letter in "IJ":
    broken, rows = last_rounds(patients[letter])
    print(f"{letter}: broken in round {broken + 1}")
    print("      round        L_D        L_G   |gradient of G|   largest weight")
    for number, row in enumerate(rows, start=broken + 2 - len(rows)):
        print(f"{number:11}{row[0]:11.2g}{row[1]:11.2g}{row[2]:16.2g}{row[3]:17.2g}")

# %% [markdown]
# Two more tests are treatments at the same time: keep everything, but compute the losses from the logits; keep
# everything, but take a third of both rates. (That is what the course's alarm advises when it stops a training.)

# %%
lower = {
    letter: {
        f"{who}_rate": getattr(patients[letter].settings, f"{who}_rate") / 3
        for who in ("discriminator", "generator")
    }
    for letter in "IJ"
}
stable = {
    "discriminator_loss": losses.logistic_discriminator,
    "generator_loss": losses.non_saturating_generator,
}
tries = {
    ("I", "a third of the rates"): clinic.treat(patients["I"], **lower["I"]),
    ("I", "losses of logits"): clinic.treat(patients["I"], **stable),
    ("J", "a third of the rates"): clinic.treat(patients["J"], **lower["J"]),
}
for (letter, what), patient in tries.items():
    print(f"{letter}, {what:21}: finite to the end: {np.isfinite(patient.fakes).all()}")
print("J computes its losses without any logarithm; there is nothing to make stable.")

# %%
clinic.discuss({"I": "", "J": ""})

# %% [markdown]
# ## I and J: what it was
# **I: the logarithm of 0.** Its losses were written as in the book, `log(D)` and `log(1 - D)` with $D = \sigma(l)$.
# In float32, $\sigma(18)$ is rounded to exactly 1. As soon as $D$ is *sure and wrong* about one single point, there
# is a $\log 0 = -\infty$, and its derivative is $\infty \cdot 0$, which is NaN. A smaller rate does not help, it
# breaks all the same. Computed from the logits, $-\log D = \mathrm{softplus}(-l)$ is finite for every $l$ (lesson
# 3).
# (Its rates were a little wild, too. With the losses mended they break nothing any more; for a good result we bring
# them down as well.)
#
# **J: too large a step.** The losses are least squares, which grow with the square of the logit, and plain gradient
# descent with a rate of 1 overshoots further each time. Gradients and losses explode for a round or two, then
# overflow. A third of the rates, and it learns.

# %%
for letter in "IJ":
    print(f"{letter}: {clinic.record(letter)}\n")
healthy_rates = {"discriminator_rate": 2e-3, "generator_rate": 2e-3}
treated["I"] = clinic.treat(patients["I"], **stable, **healthy_rates, rounds=1500)
treated["J"] = clinic.treat(patients["J"], **lower["J"], rounds=1500)
plots.show(
    before_and_after({letter: (patients[letter], treated[letter]) for letter in "IJ"}),
    alt="Patients I and J before, without fakes, and treated, with finite losses and fakes on "
    "and around the ring.",
)

# %% [markdown]
# ## Exercise 5: where did it start?
# In a larger program the first NaN you *notice* is seldom the first there *is*. `post_mortem(log)` is to find it.
# `log` is a dictionary: name -> array of shape (steps,) or (steps, ...). **Its order is the order in which the
# quantities are computed within a step** (say: weights, logits, loss, gradient). Return the pair (step, name) of the
# very first quantity with a value that is not finite, NaN or infinite: the earliest step, and within it the earliest
# name. If everything is finite, return `(-1, "")`.


# %% role="exercise" grade_id="post_mortem"
# Exercise 5
def post_mortem(log):
    """(step, name) of the first value that is not finite; (-1, "") if there is none."""
    ### BEGIN SOLUTION
    steps = len(next(iter(log.values())))
    for step in range(steps):
        for name, values in log.items():
            if not np.all(np.isfinite(values[step])):
                return step, name
    return -1, ""
    ### END SOLUTION


# %% role="check" grade_id="post_mortem"
nan, inf = np.nan, np.inf
log_of_zero = {
    "weights": np.array([[1.0, 2.0], [1.0, 3.0], [2.0, 3.0], [nan, nan]]),
    "logits": np.array([[5.0, 9.0], [9.0, -12.0], [17.0, 40.0], [nan, nan]]),
    "loss": np.array([0.1, 2.0, inf, nan]),
    "gradient": np.array([1.0, 3.0, nan, nan]),
}
one_of_many = {
    "weights": np.array([[1.0, 2.0], [80.0, inf], [nan, nan]]),
    "logits": np.array([1.0, 2.0, nan]),
    "loss": np.array([1.0, nan, nan]),
}
unharmed = {"weights": np.ones((3, 2, 2)), "loss": np.zeros(3)}
tied = {  # two break in the same step, the last
    "weights": np.ones((2, 4)),
    "logits": np.array([[1.0, 2.0, 3.0], [1.0, -inf, 3.0]]),
    "loss": np.array([1.0, 2.0]),
    "gradient": np.array([1.0, inf]),
}
at_once = {
    "weights": np.array([[1.0, inf, 1.0], [nan, nan, nan]]),
    "loss": np.array([nan, nan]),
}
nan_first = {
    "weights": np.array([[1.0, 2.0, 3.0], [1.0, nan, 2.0], [nan, nan, nan]]),
    "loss": np.array([0.0, nan, nan]),
}
checked_post_mortem = check(
    5,
    "post_mortem",
    cases=[
        (log_of_zero, (2, "loss")),
        (one_of_many, (1, "weights")),
        (unharmed, (-1, "")),
        (tied, (1, "logits")),
        (at_once, (0, "weights")),
        (nan_first, (1, "weights")),
    ],
    mistakes={
        "That is the first name that ever breaks. First the earliest step; the order of names decides within it.": [
            (3, "weights"),
            (1, "weights"),
            (-1, ""),
            (1, "logits"),
            (0, "weights"),
            (1, "weights"),
        ],
        "The step is right. Two names break in it: the earlier one in the dictionary's order is the first, not the "
        "last one and not the first of the alphabet.": [
            (2, "gradient"),
            (1, "loss"),
            (-1, ""),
            (1, "gradient"),
            (0, "loss"),
            (1, "loss"),
        ],
        "Infinity is not finite either: np.isfinite, not np.isnan.": [
            (2, "gradient"),
            (1, "loss"),
            (-1, ""),
            (-1, ""),
            (0, "loss"),
            (1, "weights"),
        ],
        "NaN is not finite either: np.isfinite, not np.isinf.": [
            (2, "loss"),
            (1, "weights"),
            (-1, ""),
            (1, "logits"),
            (0, "weights"),
            (-1, ""),
        ],
        "One bad number among many is enough: a step is broken if any value is not finite, not if all are not.": [
            (2, "loss"),
            (1, "loss"),
            (-1, ""),
            (1, "gradient"),
            (0, "loss"),
            (1, "loss"),
        ],
    },
    hint="A loop over the steps, in it a loop over the names, in the dictionary's order.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="post_mortem" points=1
found_steps, found_names = [], []
for case, start in enumerate(
    [0, 39, *(int(start) for start in random.integers(5, 35, size=12))]
):
    names = list(random.permutation(["weights", "logits", "loss", "gradient", "update"]))
    log = {name: random.normal(size=(40, 3)) for name in names}
    for name in names[int(random.integers(1, 5)) :]:
        log[name][start, int(random.integers(3))] = (np.nan, -np.inf, np.inf)[case % 3]
    for name in names:
        log[name][start + int(random.integers(1, 4)) :] = np.nan
    step, name = post_mortem(log)
    found_steps.append(step)
    found_names.append(name)
publish(steps=found_steps, names=found_names)

# %% [markdown]
# Your function on the two who broke. In each round $D$ takes its turn first, loss and then gradient, and then $G$.

# %%
ORDER = [
    f"{who}_{what}" for who in ("discriminator", "generator") for what in ("loss", "gradient")
]
for letter in "IJ":
    with np.errstate(all="ignore"):  # a right answer may pass by infinity minus infinity
        step, name = checked_post_mortem(
            {name: patients[letter].curves[name] for name in ORDER}
        )
    print(
        f"{letter}: the first that is not finite is {name}, {patients[letter].curves[name][step]}, in round {step + 1}"
    )

# %% [markdown]
# In I the first thing to break is a loss, and all before it was ordinary: a formula. In J the first is the length of a
# gradient. It is the root of a sum of squares, and those have outgrown float32, which ends at $3.4 \cdot 10^{38}$: an
# explosion.
#
# ## Consultation 6: pictures
# The last two draw garments: a small DCGAN (lesson 6) on Fashion-MNIST, 100 steps. It is watched by the course's own
# `Alarm`, which looks for collapse, an overpowering discriminator, a dead generator and NaN. Patient K brought along
# a data-loading program of its own; everything else is as in lesson 6.

# %%
import warnings

from course_lib import datasets
from course_lib.models import networks
from course_lib.models.gan import GAN
from course_lib.training.alarms import Alarm
from course_lib.training.loop import Recorder, train

garments = datasets.load("fashion_mnist").images_train[:10_000]


def picture_gan(seed=0):
    keras.utils.set_random_seed(seed)
    gan = GAN(
        networks.dcgan_generator(latent_size=32, width=16),
        networks.dcgan_discriminator(width=16),
        averaging=None,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        steps_per_execution=10,
    )
    return gan


pictures_of_k = clinic.prepared_for_k(garments)
patient_k, recorder_k = picture_gan(), Recorder(grid=(2, 8))
watchers = [recorder_k, Alarm(recorder_k, garments, patience=60)]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    patient_k.fit(
        datasets.batches(pictures_of_k, 64).take(100),
        steps_per_epoch=100,
        callbacks=watchers,
        verbose=0,
    )

# %% [markdown]
# (If the alarm rang, you see its warning above.)


# %% fold="Draw the chart of a GAN of pictures"
def picture_chart(recorder, pictures, title):
    """Losses and verdicts of a recorder, and sixteen pictures."""
    figure, (loss, verdict, samples) = plt.subplots(
        1, 3, figsize=(10, 2.6), width_ratios=(1, 1, 2)
    )
    steps = recorder.history["step"]
    for axes, name, who, style, label in (
        (loss, "discriminator_loss", "discriminator", "-", "$L_D$"),
        (loss, "generator_loss", "generator", "--", "$L_G$"),
        (verdict, "real_score", "real", "-", "$D$ on real"),
        (verdict, "fake_score", "fake", "--", "$D$ on fake"),
    ):
        axes.plot(steps, recorder.history[name], style, color=plots.COLOURS[who], label=label)
    for axes in (loss, verdict):
        axes.set(xlabel="step")
        axes.legend(fontsize=7, ncols=2, loc="upper center")
        axes.margins(y=0.35)
    loss.set(title=f"{title}: losses", ylabel="loss")
    verdict.set(title="verdicts", ylim=(-0.03, 1.3), yticks=(0, 0.5, 1))
    tiled = plots.tile(pictures, columns=8)
    samples.imshow(tiled, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    samples.set(title=f"{title}: pictures", xticks=[], yticks=[])
    samples.grid(False)
    return figure


plots.show(
    picture_chart(recorder_k, patient_k.sample(16), "K"),
    alt="Patient K: the verdict on real pictures is one nearly from the start, that on fakes stays "
    "near one half or falls; the sixteen pictures look all alike, and none shows a garment.",
)

# %% [markdown]
# The pictures are nearly all alike: mode collapse? $D$ is sure about the real ones: overpowering? There is a third
# suspect, and a test that clears it or convicts it in a second: the **one-number judge**. Take one number of each
# picture, such as its mean, its brightest or its darkest pixel. How often is a judge right that looks at this number
# alone and has one threshold? If such a simpleton is right nearly always, $D$ need not learn anything about garments,
# and $G$ can learn nothing from $D$.


# %%
def one_number_judge(real_numbers, fake_numbers):
    """The best share of right verdicts of 'above t is real' or 'below t is real', over all t."""
    best = 0.5
    for t in np.concatenate([real_numbers, fake_numbers]):
        right = (np.mean(real_numbers > t) + np.mean(fake_numbers <= t)) / 2
        best = max(best, right, 1 - right)
    return best


NUMBERS = {"mean": np.mean, "brightest": np.max, "darkest": np.min, "contrast": np.std}


def judged_by_numbers(real_pictures, fake_pictures):
    for name, number in NUMBERS.items():
        both = real_pictures[:300], fake_pictures[:300]
        seen = [number(each, axis=(1, 2, 3)).round(1) for each in both]
        print(
            f"{name:9} real {np.median(seen[0]):7.2f}, fake {np.median(seen[1]):7.2f}: "
            f"right {one_number_judge(*seen):.0%}"
        )


print("what K's discriminator gets to see (medians, and the best one-number judge)")
judged_by_numbers(pictures_of_k, patient_k.sample(300))

# %%
clinic.discuss({"K": ""})

# %% [markdown]
# ## K: what it was
# **K: the wrong range.** Its real pictures have pixels from 0 to 255; the generator ends in tanh and cannot leave
# [-1, 1]. Whatever it draws, one pixel gives it away. (With pixels in [0, 1] the picture is less dramatic; lesson 4
# had that one.) Note the alarm's part in this: **an alarm names a symptom, not a cause.** The library would not have
# let these pictures in:

# %%
from course_lib import CourseError

try:
    train(picture_gan(), pictures_of_k, steps=1)
except CourseError as error:
    print("CourseError:", error)

# %% [markdown]
# The cure: `images / 127.5 - 1`. And 250 steps, so that there is something to see.

# %%
cured_k, recorder_k2 = picture_gan(), Recorder(grid=(2, 8))
train(cured_k, pictures_of_k / 127.5 - 1, batch_size=64, steps=250, callbacks=[recorder_k2])
plots.show(
    picture_chart(recorder_k2, cured_k.sample(16), "K treated"),
    alt="Patient K treated: the verdicts on real and fake begin apart and come closer to one half; "
    "the sixteen pictures are blurred light shapes on black, of different forms, some like a garment.",
)
print("one-number judge, after the cure")
judged_by_numbers(pictures_of_k / 127.5 - 1, cured_k.sample(300))

# %% [markdown]
# ### Patient L
# K is well, is saved to a file, and sent to a colleague. The colleague loads it and draws the same sixteen latents.

# %%
patient_l = clinic.travelled(cured_k.generator)
latents = np.random.default_rng(0).standard_normal((16, 32), dtype="float32")
away = patient_l(latents, training=False).numpy()
plots.show(
    plots.image_grid(
        away, columns=8, image_size=0.45, title="Patient L: the same latents, drawn elsewhere"
    ),
    alt="Sixteen dim grey pictures without contrast, in which shapes can only be guessed.",
)

# %% [markdown]
# Its training was fine; you saw the curves. So what has happened on the way? Two suspects. The **weights** are
# damaged. Or the weights are all right, and the network **computes something else** with them. The layers that
# compute one thing in training and another when drawing are dropout and batch norm. The test: draw the same latents
# in both modes.


# %%
def both_modes(generator, count=64):
    """The pictures' contrast (standard deviation of all pixels) in inference and in training mode."""
    noise = np.random.default_rng(0).standard_normal((count, 32), dtype="float32")
    copy = keras.models.clone_model(generator)  # training mode would move the running values
    copy.set_weights(generator.get_weights())
    return [float(np.std(copy(noise, training=mode))) for mode in (False, True)]


print(f"contrast of real pictures: {garments[:1000].std():.2f}")
for name, generator in (("at home", cured_k.generator), ("patient L", patient_l)):
    print("{:10} inference {:.2f}, training mode {:.2f}".format(name, *both_modes(generator)))
norms = [
    layer for layer in patient_l.layers if isinstance(layer, keras.layers.BatchNormalization)
]
for number, norm in enumerate(norms, start=1):
    mean, variance = norm.moving_mean.numpy(), norm.moving_variance.numpy()
    print(
        f"batch norm {number} of L: running means {mean[:3]}..., variances {variance[:3]}..."
    )

# %%
clinic.discuss({"L": ""})

# %% [markdown]
# ## L: what it was
# **L: batch norm in inference mode, with statistics that are not its own.** In training mode it draws as well as
# ever, so the weights are whole. But the running means are 0 and the variances 1: those of a newborn. The
# colleague's program had saved `trainable_weights`, and **running statistics are not trainable**. (They are wrong
# for other reasons too: a training loop that forgot `training=True`, lesson 5, or a momentum so large that they have
# not arrived.)
#
# The best cure is to save everything, `weights` or the whole model. The second best needs no retraining: pass some
# batches of noise through in training mode, and throw the pictures away. The running values find their way back. How
# many passes?
#
# ## Exercise 6: predict
# One batch norm layer. Its running mean starts at 0 and its running variance at 1. Then a batch with (per channel)
# the mean $\mu$ and the variance $v$ passes `passes` times in training mode, each time moving the running values,
#
# $$ \bar\mu \leftarrow m\, \bar\mu + (1 - m)\, \mu, \qquad \bar v \leftarrow m\, \bar v + (1 - m)\, v . $$
#
# Then the same batch passes in **inference**, $(a - \bar\mu) / \sqrt{\bar v + \epsilon}$. Which mean and which
# standard deviation has what comes out? Write `after_passes(mean, variance, momentum, passes, epsilon)`, which
# returns this pair (arrays, one number a channel), without a loop. Healthy would be about 0 and 1.


# %% role="exercise" grade_id="after_passes"
# Exercise 6
def after_passes(mean, variance, momentum, passes, epsilon):
    """(mean, standard deviation) of the inference output, a number a channel each."""
    ### BEGIN SOLUTION
    kept = momentum**passes
    scale = np.sqrt(kept + (1 - kept) * variance + epsilon)
    return kept * mean / scale, np.sqrt(variance) / scale
    ### END SOLUTION


# %% role="check" grade_id="after_passes"
channels = np.array([2.0, -0.5, 0.0]), np.array([9.0, 0.01, 1.0])
other_momentum = [
    ([1.999001, -0.49975, 0.0], [2.998501, 0.09995, 0.9995]),
    ([0.0, 0.0, 0.0], [0.999944, 0.953463, 0.9995]),
    ([0.010431, -0.022056, 0.0], [1.001392, 0.282314, 0.953463]),
]
variances = [
    ([1.999001, -0.49975, 0.0], [8.991009, 0.00999, 0.999001]),
    ([0.085816, -0.167721, 0.0], [1.121022, 0.076126, 0.999001]),
    ([0.352636, -0.290388, 0.0], [1.572052, 0.018952, 0.909091]),
]
without_epsilon = [
    ([2.0, -0.5, 0.0], [3.0, 0.1, 1.0]),
    ([0.085821, -0.168363, 0.0], [1.058849, 0.276966, 1.0]),
    ([0.355756, -0.322557, 0.0], [1.264911, 0.152916, 1.0]),
]
turned_round = [
    ([-1.999001, 0.49975, 0.0], [2.998501, 0.09995, 0.9995]),
    ([-0.085816, 0.167721, 0.0], [1.058783, 0.27591, 0.9995]),
    ([-0.352636, 0.290388, 0.0], [1.253815, 0.137665, 0.953463]),
]
whole_mean = [
    ([1.999001, -0.49975, 0.0], [2.998501, 0.09995, 0.9995]),
    ([0.705856, -1.379548, 0.0], [1.058783, 0.27591, 0.9995]),
    ([0.835877, -0.688326, 0.0], [1.253815, 0.137665, 0.953463]),
]
checked_after_passes = check(
    6,
    "after_passes",
    cases=[
        ((*channels, 0.9, 0, 0.001), ([1.999001, -0.49975, 0.0], [2.998501, 0.09995, 0.9995])),
        (
            (*channels, 0.9, 20, 0.001),
            ([0.085816, -0.167721, 0.0], [1.058783, 0.27591, 0.9995]),
        ),
        (
            (*channels, 0.75, 3, 0.1),
            ([0.352636, -0.290388, 0.0], [1.253815, 0.137665, 0.953463]),
        ),
    ],
    mistakes={
        "The momentum is the share of the OLD value that stays in each pass.": other_momentum,
        "The mean is right. The second number should be the standard deviation, not the variance.": variances,
        "Nearly: epsilon is added to the running variance under the root.": without_epsilon,
        "The deviation is right, the mean has the wrong sign: the running mean is subtracted from it.": turned_round,
        "The running mean is subtracted too: what is left of the mean is its distance to that.": whole_mean,
    },
    hint="After n passes m^n is left of where the running values began: 0 for the mean, 1 for the variance. Then "
    "the running mean is subtracted, and both are divided by the root of running variance + epsilon.",
    tolerance=1e-5,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="after_passes" points=2 tolerance=1e-7
values = []
for _ in range(3):
    mean, variance = random.normal(0, 2, size=3), random.uniform(0.01, 6, size=3)
    momentum, passes = random.uniform(0.6, 0.97), int(random.integers(2, 25))
    values += list(after_passes(mean, variance, momentum, passes, random.uniform(0.001, 0.2)))
publish(values=np.concatenate(values))

# %% [markdown]
# Does Keras do what you computed? A batch norm layer, just built, gets one batch, with the means 2 and -0.5 and the
# variances 9 and 0.01 in its two channels, some times in training mode and then once in inference. The tolerance is
# that of float32, and a little for the batch's own mean and variance, which are not quite those numbers: we ask it.

# %%
batch = np.random.default_rng(4).normal([2, -0.5], [3, 0.1], size=(4000, 2)).astype("float32")
for passes in (0, 20, 60):
    norm = keras.layers.BatchNormalization(momentum=0.9, epsilon=0.001)
    norm.build(batch.shape)
    for _ in range(passes):
        norm(batch, training=True)
    seen = norm(batch, training=False).numpy()
    mean, deviation = checked_after_passes(
        batch.mean(axis=0), batch.var(axis=0), 0.9, passes, 0.001
    )
    print(
        f"{passes:2} passes: {0.9**passes:6.1%} of the newborn's values left; standard deviations "
        f"predicted {deviation.round(3)}, Keras {seen.std(axis=0).round(3)}"
    )
    assert np.allclose(seen.mean(axis=0), mean, atol=1e-3)
    assert np.allclose(seen.std(axis=0), deviation, atol=1e-3)

# %% [markdown]
# Look at the second channel. Where the true variance is small, a tenth of a "1" is a lot, and after 20 passes it is
# still far from a standard deviation of 1. The generator's batch norms have the momentum 0.9 too, and its small weights
# make small variances. So expect to need the 60. (The later layers also have to wait for the earlier ones.)

# %%
noise = np.random.default_rng(1)
rows, contrasts = {"0 passes": away}, {}
for passes in range(61):
    if passes in (0, 20, 40, 60):
        drawn = patient_l(latents, training=False).numpy()
        rows[f"{passes} passes"], contrasts[passes] = drawn, both_modes(patient_l)[0]
    patient_l(noise.standard_normal((64, 32), dtype="float32"), training=True)
print("contrast after so many passes:", {n: round(value, 2) for n, value in contrasts.items()})

# %% fold="Draw the pictures after 0, 20, 40 and 60 passes"
figure, panels = plt.subplots(2, 2, figsize=(7.2, 1.9))
for axes, (name, drawn) in zip(panels.flat, rows.items(), strict=True):
    tiled = plots.tile(drawn[:8], columns=8)
    axes.imshow(tiled, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(title=name, xticks=[], yticks=[])
    axes.grid(False)
plots.show(
    figure,
    alt="Four rows of the same eight pictures. After 0 passes they are dim and grey, after 20 and "
    "40 shapes appear, after 60 passes they look like those of the treated patient K.",
)

# %% [markdown]
# Not a single weight was trained.

# %% [markdown]
# ## Exercise 7: design a diagnosis
# No points here, and many right answers. You have seen all of it now; put it into a program. Write `diagnose(signs)`.
# `signs` is a dictionary of numbers from a training that has ended:
#
# | sign | what it is |
# |---|---|
# | `broken` | 1.0 if the losses became NaN, else 0.0. Then the other signs are those of the last finite round |
# | `last_gradient` | the larger of both gradients' lengths, in the last finite round |
# | `real_score`, `fake_score` | mean verdicts |
# | `audit_d`, `audit_g` | loss printed minus loss from the logits, for $L_D$ and $L_G$ |
# | `push` | of the generator, link 1 |
# | `moved_d`, `moved_g` | how far a round moves the weights |
# | `silent` | share of silent units in the generator's second layer |
# | `spread` | how much the fakes differ among each other |
#
# Return `"healthy"` or one of `"sigmoid twice"`, `"NaN: too large a step"`, `"NaN: logarithm of 0"`, `"frozen D"`,
# `"overpowering D"`, `"vanishing gradient"`, `"dead G"`, `"swapped labels"`, `"mode collapse"`, `"G aims at fake"`.
# The check knows 33 trainings with other seeds, three of each disease, which really took place and which you have not
# seen. 30 right answers are enough, as long as no disease is missed in all three. Here are the signs of the patients
# you know.


# %%
book = {name: clinic.signs_of(each) for name, each in {"healthy": healthy, **patients}.items()}
print(f"{'':14}" + "".join(f"{name:>9}" for name in book))
for sign in book["healthy"]:
    print(f"{sign:14}" + "".join(f"{signs[sign]:9.1g}" for signs in book.values()))


# %% role="exercise" grade_id="diagnose"
# Exercise 7
def diagnose(signs):
    """The name of the disease, from the vital signs of a training."""
    ### BEGIN SOLUTION
    if signs["broken"]:
        exploding = signs["last_gradient"] > 60
        return "NaN: too large a step" if exploding else "NaN: logarithm of 0"
    if signs["moved_d"] == 0:
        return "frozen D"
    if signs["audit_d"] < -3 and signs["fake_score"] - signs["real_score"] > 0.8:
        return "swapped labels"
    if signs["audit_g"] < -3 and signs["real_score"] - signs["fake_score"] > 0.8:
        return "G aims at fake"
    if abs(signs["audit_d"]) > 0.25 or abs(signs["audit_g"]) > 0.5:
        return "sigmoid twice"
    if signs["push"] < 0.02:
        return "vanishing gradient"
    if signs["real_score"] > 0.95 and signs["fake_score"] < 0.05:
        return "overpowering D"
    if signs["silent"] > 0.8:
        return "dead G"
    return "mode collapse" if signs["spread"] < 0.7 else "healthy"
    ### END SOLUTION


# %% role="check" grade_id="diagnose"
def right_about_the_held_out(diagnose):
    from course_lib.clinic.held_out import held_out

    rows, confused = held_out(), {}
    for truth, signs in rows:
        said = diagnose(dict(signs))
        if said != truth:
            confused.setdefault((truth, said), []).append(signs)
    wrong = sum(map(len, confused.values()))
    of = {
        truth: sum(len(cases) for (t, _), cases in confused.items() if t == truth)
        for truth, _ in rows
    }
    if wrong <= len(rows) - 30 and max(of.values()) < 3:
        print(f"{len(rows) - wrong} of {len(rows)} patients diagnosed rightly.")
        return None
    (truth, said), cases = max(
        confused.items(), key=lambda item: (of[item[0][0]] == 3, len(item[1]))
    )
    some = ", ".join(f"{sign} {value:.2g}" for sign, value in cases[0].items())
    missed = (
        ", but a disease was missed in all three of its patients"
        if wrong <= len(rows) - 30
        else ""
    )
    return (
        f"{len(rows) - wrong} of {len(rows)} right{missed}. Most often confused: {truth!r}, which you called "
        f"{said!r} {len(cases)} times. One of these: {some}."
    )


checked_diagnose = check_that(
    7,
    "diagnose",
    right_about_the_held_out,
    hint="Begin with the signs that only one disease has (broken, moved_d of exactly 0), and end with healthy.",
    otherwise=OUR_ANSWER,
)

# %% [markdown]
# The ward round is your program's. It sees the ten patients as they came, and after the cures that you gave them. The
# last two columns are your numbers of exercise 4.

# %%
cured = {
    letter: treated[letter, True] if letter in cures else treated[letter]
    for letter in patients
}
print(f"{'':10}{'as it came':26}{'treated':26}quality  modes")
for letter, patient in patients.items():
    said = [checked_diagnose(clinic.signs_of(each)) for each in (patient, cured[letter])]
    quality, modes = measured(cured[letter].fakes)
    print(f"{letter:10}{said[0]:26}{said[1]:26}{quality:7.0%}{modes:7.1f}")
right = sum(
    checked_diagnose(signs) == clinic.ANSWERS[letter]
    for letter, signs in book.items()
    if letter in patients
)
print(f"{right} of {len(patients)} as in the clinic's books")

# %% [markdown]
# Has it called J, treated, a "sigmoid twice"? Then look at the audit. It knows which losses belong to the minimax and
# to the non-saturating game, and J plays a third one, least squares: printed and audited losses differ, though nothing
# is wrong. A test is no better than what it takes for granted.
#
# ## Play: patients you can touch
# The playground of lesson 2 keeps four sick games among its presets. Here you see in the plane what the charts only
# told: D's verdict as coloured ground, G's picture of the noise as a mesh, the arrows on the fakes. Before you press
# *play*, say for each preset which of the four links of the generator's gradient is broken, if one is; then change
# **one** setting while it plays, and see whether you were right.
#
# 1. *Vanishing gradient*: look at the arrows. Which helps, Adam or another loss?
# 2. *Overpowering D*: the arrows are long, and yet nothing moves. What is so small here?
# 3. *Mode collapse*: where do the arrows point, and where does the clump go?
#
# <details><summary>What to see</summary>
#
# - First: the push (link 1) is gone, since the minimax loss pays nothing for fakes that D is sure of. The
#   non-saturating loss brought the fakes to all eight bumps with each of our three seeds. Adam enlarges the steps, and
#   where they lead is luck: in nine trials of 1,000 rounds more we saw every end from no bump (four times) to all eight
#   (once).
# - Second: the step (link 4): G's learning rate.
# - Third: all the same way, to where D has not been for a while. When the clump arrives, D has noticed, and the next
#   place is better.
# </details>

# %%
from course_lib.panels.playground import Playground

Playground("vanishing gradient").show()

# %% role="setup"
from course_lib.playground.game import Game
from course_lib.playground.presets import PRESETS

collapsed = PRESETS["mode collapse"]
print(collapsed)

# %% [markdown]
# ## Exercise 8: a cure in two changes
# No points here, and many right answers. Cure the preset *mode collapse*: change **at most two** of its settings (the
# seed is not one of them) so that after 1,000 rounds all eight bumps are covered and JS is at most 0.1, with each of
# the seeds 1, 2 and 3. So that a lucky moment does not count, the check takes the median of the last ten measurements.
#
# **Predict first**: a faster D, a gradient penalty of 1, or no momentum: which of these helps most, if it is the only
# change? Try them in the playground; then write your two changes down. The settings of the preset are printed above.


# %% role="exercise" grade_id="cure_collapse"
# Exercise 8
def cure_collapse():
    """The settings to change, by name; at most two."""
    ### BEGIN SOLUTION
    return {"generator_rate": 0.003, "beta_1": 0.5}
    ### END SOLUTION


# %% role="check" grade_id="cure_collapse"
from dataclasses import asdict, replace


def after_1000_rounds(settings):
    """For the seeds 1, 2 and 3: modes covered and JS, the medians of the last ten measurements."""
    ends = []
    for seed in (1, 2, 3):
        game = Game(replace(settings, seed=seed))
        game.play(1_000)
        ends.append(tuple(float(np.median(game.history[of][-10:])) for of in ("modes", "js")))
    return ends


def it_is_a_cure(cure_collapse):
    changes = cure_collapse()
    known = asdict(collapsed)
    if not isinstance(changes, dict):
        return 'It should return a dictionary such as {"penalty": 1.0}.'
    if "seed" in changes:
        return "The seed is no cure: the check plays with 1, 2 and 3."
    if unknown := [name for name in changes if name not in known]:
        names = ", ".join(list(known)[2:8])
        return f"It should return a dictionary of settings, with names such as {names}; {unknown[0]!r} is none."
    if changes.get("target", collapsed.target) != collapsed.target:
        return "Another target is no cure: leave the ring as it is."
    if len(changes) > 2:
        return f"It changes {len(changes)} settings; two are allowed."
    ends = after_1000_rounds(replace(collapsed, **changes))
    seen = "; ".join(
        f"seed {seed}: {modes:.0f} modes, JS {js:.2f}"
        for seed, (modes, js) in enumerate(ends, 1)
    )
    if any(modes < 8 or js > 0.1 for modes, js in ends):
        return f"{seen}. All three should have 8 modes, and JS at most 0.1."
    print(f"{seen}.")
    return None


checked_cure_collapse = check_that(
    8,
    "cure_collapse",
    it_is_a_cure,
    hint="The clump runs faster than D can follow. What makes G run?",
    otherwise=OUR_ANSWER,
)

# %% [markdown]
# Your cure, beside what each of its changes does alone, and what was asked in the prediction:

# %%
cure = checked_cure_collapse()
attempts = {"your cure": cure} | {
    f"only {name} {value}": {name: value} for name, value in cure.items() if len(cure) > 1
}
attempts |= {
    "D ten times as fast": {"discriminator_rate": 0.03},
    "penalty of 1": {"penalty": 1.0},
    "no momentum": {"beta_1": 0.0},
}
for name, changes in attempts.items():
    ends = after_1000_rounds(replace(collapsed, **changes))
    print(f"{name:28}", "; ".join(f"{modes:.0f} modes, JS {js:.2f}" for modes, js in ends))

# %% [markdown]
# In our runs no single change of the three covered the ring with a JS of 0.1; momentum came nearest, and a faster D did
# nothing. A disease has a name, but the cure depends on what brought it on.
#
# ## Print this page
# The names are those of the course's alarms, where there is an alarm (marked *). An alarm says what it sees, the test
# says what it is.
#
# <table>
# <tr><th>disease</th><th>what you see</th><th>what else looks so</th><th>the test that tells</th><th>cure</th></tr>
# <tr><td><b>mode collapse*</b></td>
# <td>fakes alike, good or bad; L_D near 1.386; the spot moves on</td>
# <td>dead G; training too short</td>
# <td>effective modes and quality; a fresh D catches G (second opinion); no silent units</td>
# <td>as many turns for D as for G; let D see many fakes at a time (lesson 9); may recover without a restart</td></tr>
# <tr><td><b>vanishing gradient</b></td>
# <td>D right about all fakes, L_G near 0, fakes stand still</td>
# <td>overpowering D</td>
# <td>follow the gradient: the push is near 0</td>
# <td>the non-saturating loss</td></tr>
# <tr><td><b>overpowering D*</b></td>
# <td>D right about everything, L_D near 0, L_G large</td>
# <td>wrong range; vanishing gradient</td>
# <td>follow the gradient: push 1, slope alive, tiny or useless steps; one-number judge finds nothing</td>
# <td>bring rates and turns together; gradient penalty, noise, augmentation (lesson 9)</td></tr>
# <tr><td><b>dead G*</b></td>
# <td>one and the same fake for every z</td>
# <td>mode collapse</td>
# <td>silent units: a whole layer is 0 for all latents; spread 0</td>
# <td>back to a checkpoint in which it lived; smaller rate; LeakyReLU</td></tr>
# <tr><td><b>NaN*: logarithm of 0</b></td>
# <td>curves ordinary, then NaN</td>
# <td>too large a step</td>
# <td>post-mortem: the last finite gradients are ordinary; a smaller rate breaks too</td>
# <td>losses from logits</td></tr>
# <tr><td><b>NaN*: too large a step</b></td>
# <td>losses and gradients explode, then NaN</td>
# <td>logarithm of 0</td>
# <td>post-mortem: exploding for some steps; a third of the rate does not break</td>
# <td>a third of the learning rate; clipped gradients</td></tr>
# <tr><td><b>frozen D</b></td>
# <td>L_D flat or rising, L_G falls to 0, fakes run away</td>
# <td>sigmoid twice; a weak D</td>
# <td>easy task: L_D stays; D's weights move by exactly 0</td>
# <td><code>trainable</code>, the list of variables, the rate</td></tr>
# <tr><td><b>sigmoid twice</b></td>
# <td>L_D never below 1.006; strange verdicts; G slow</td>
# <td>equilibrium; a weak D</td>
# <td>audit: printed is not what the logits give; easy task: stops at 1.006</td>
# <td>no sigmoid at the end of D, or <code>from_logits=False</code></td></tr>
# <tr><td><b>swapped labels</b></td>
# <td>both losses fall to 0; D(x) near 0, D(G(z)) near 1</td>
# <td>G aims at fake</td>
# <td>verdicts; audit of L_D</td>
# <td>targets: 1 for real, 0 for fake</td></tr>
# <tr><td><b>G aims at fake</b></td>
# <td>both losses fall to 0; verdicts right</td>
# <td>swapped labels</td>
# <td>verdicts; audit of L_G</td>
# <td>the target of G is 1</td></tr>
# <tr><td><b>wrong range</b></td>
# <td>D sure of the real ones at once; fakes alike, grey or washed out</td>
# <td>mode collapse; overpowering D</td>
# <td>one-number judge: smallest and largest pixel give it away</td>
# <td>images in [-1, 1] for tanh; <code>datasets.check_images</code></td></tr>
# <tr><td><b>inference-mode batch norm</b></td>
# <td>curves healthy; pictures drawn later are grey or wild</td>
# <td>damaged weights</td>
# <td>both modes: the same latents with <code>training=True</code></td>
# <td><code>training=True</code> in the step; save all weights; pass noise through in training mode</td></tr>
# </table>
#
# And before any of it: **look at the samples, fix the seed, change one thing at a time.**
#
# ## What we saw
# - Healthy curves are dull. Losses that both fall, or one that runs away, are an alarm; so is a line at 1.386 with
#   bad samples.
# - Two diseases with the same curves need a test that has two answers. The best ones give one party an easy task, a
#   fresh opponent, or no opponent at all.
# - The generator's gradient goes through push, slope, answer and step. Find the link in which it is lost, and you
#   know which cures cannot help.
# - A collapsed generator can recover, a dead one needs an older checkpoint, and for a batch norm without its
#   statistics nothing needs to be trained.
# - An alarm names a symptom, never the cause.
#
# ## Quiz
#
# <details><summary>1. L_D is 0.001, L_G is 0.001. What do you look at next?</summary>
# The mean verdicts. If D(x) is near 0 and D(fake) near 1, D's labels are swapped; if they are right, G aims at the
# target "fake" (or it is the minimax loss, printed without its sign, and the push is gone).</details>
#
# <details><summary>2. L_D stands at 1.386. Name three reasons, and a test for each.</summary>
# The fakes are perfect: a fresh discriminator cannot catch them either. D does not learn: it fails the easy task. G
# has collapsed and hops about faster than D can follow: a fresh discriminator catches it at once.</details>
#
# <details><summary>3. All samples are alike. You lower the learning rate and train on; nothing changes. What do you
# suspect?</summary>
# A dead generator. Count the units that are 0 for every latent; go back to a checkpoint in which they were alive. A
# collapsed generator would have gone on moving.</details>
#
# <details><summary>4. The loss becomes NaN at step 5,000; at step 4,999 all gradients were of ordinary size. Will a
# smaller learning rate help?</summary> Hardly. An explosion would have announced itself. Look for a logarithm, a
# square root or a division that meets 0, and write it so that it cannot: losses from logits, a small number under
# the root.</details>
#
# <details><summary>5. The film of the training shows good pictures, the pictures drawn from the saved file are grey.
# What do you do first?</summary> Draw the same latents with training=True. If they are good, the running statistics
# of batch norm are missing or stale: pass some batches through in training mode, and save all weights next
# time.</details>
#
# ## Where next
# Lesson 9 takes the cures that were only named here, gradient penalties, two time scales, minibatch deviation,
# augmentation, and measures what each is worth. Or stay: `clinic.Settings` has thirteen knobs. Invent a patient for
# your neighbour, hand over nothing but its chart, and see whether your disease is found.
#
# ## References
# - I. Goodfellow and others, *Generative adversarial nets*, NeurIPS 2014. Section 3: why $\log(1 - D)$ may not give
#   $G$ enough gradient, and the loss that does. Section 6: if $G$ is trained too much without
#   updating $D$, it maps many $z$ to one $x$; that is our patient H.
# - S. Ioffe, C. Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate
#   shift*, ICML 2015. Section 3.1: training and inference.
# - T. Salimans and others, *Improved techniques for training GANs*, NeurIPS 2016. Section 3.2: minibatch
#   discrimination against collapse.
# - M. Arjovsky, L. Bottou, *Towards principled methods for training generative adversarial networks*, ICLR 2017.
#   Section 2: perfect discriminators and vanishing gradients; section 3: what noise does about it.
# - L. Metz, B. Poole, D. Pfau, J. Sohl-Dickstein, *Unrolled generative adversarial networks*, ICLR 2017. The ring of
#   Gaussians on which the modes rotate, and a generator that looks ahead.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** As the first cell says: 15 minutes for the healthy chart and the four links, then about 17 for each of the
# six consultations with its exercise, 13 for exercise 7; exercise 8 and the playground
# are good homework. With 50 minutes take consultations 1, 3, 4 and the page to
# print; the others make a good second session. All cells run in about a minute; the first one trains eleven GANs.
#
# **In class.** Have them diagnose from the chart alone *before* any test, by a show of hands, and write the vote on
# the board. Consultation 4 usually splits the room. Then ask what test would change their mind: that is the lesson.
#
# **Usual misconceptions.**
#
# - "Losses should fall." The first consultation is the antidote.
# - "L_D = 1.386 means the fakes are perfect." Or that D is blind, or always late.
# - "Mode collapse means bad samples." Each may be perfect.
# - "Vanishing gradient means the gradient of G is small." In a healthy end it is small too. Ask in which link.
# - "NaN means lower the learning rate." Consultation 5: for I it does not help.
# - "training=True is only about dropout."
#
# **Ask.** "Which tests need no access to the training?" (Second opinion, one-number judge, both modes, silent
# units.) "Which patient would an optimiser other than Adam have betrayed earlier?" (Any with a small push.) "Why
# does the audit of E need to know which game it plays?"
#
# **If a figure differs.** Numbers change a little with the machine and the version of TensorFlow; the diagnoses do
# not (tests/lessons/test_08_when_gans_break.py says what must hold). What the check of exercise 7
# knows was measured with seeds 1 to 3, by `data/make_held_out_patients.py`.
