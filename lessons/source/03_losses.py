# %% [markdown]
# # 3. Losses
# A GAN is a game of two players. A **generator** makes fakes; a **discriminator** says how likely each thing it is
# shown is to be real. Both are functions with numbers that can be adjusted, their **weights**. A **loss** says what a
# player wants in a form that a computer can follow downhill, and there the surprises begin: two losses can want the
# same thing and pull with a force that differs by a factor of 20,000; a formula that is right on paper gives `nan` in
# a computer; and a slip of the pen, a sign, a logarithm, a term, makes a game that nobody wanted to play. In this
# lesson we take one **batch**, eight real things and eight fakes that a discriminator has judged, through every loss,
# look at what it tells each player to do, break it, and mend it.
#
# **You will be able to**
#
# - say why a generator that minimises $\log(1 - D(G(z)))$ stops learning just when it has most to learn, and what
#   $-\log D(G(z))$ does instead;
# - write a loss that neither overflows nor rounds its gradient away, with log-sum-exp by hand;
# - recognise four objectives that are often printed wrongly by their symptoms, and repair them;
# - choose between the logistic, least squares, hinge and Wasserstein losses, and know what each makes of $D$.
#
# **Time:** {minutes} minutes, eight exercises included (the last of them can wait), with a good place to stop half-way.
# All cells together run in less than half a minute. **Assumed:** Python, NumPy arrays, and calculus of one variable
# (derivative, chain rule, logarithm). Lesson 1 helps; what we need from it is said again. Nothing about neural
# networks.
#
# **Notation.** Real things $x \sim p_{data}$, noise $z \sim p_z$, fakes $\tilde x = G(z) \sim p_g$. The
# discriminator computes a number $l(x)$, its **logit**, and $D(x) = \sigma(l(x))$ is its probability for "real",
# with the sigmoid $\sigma(l) = 1/(1 + e^{-l})$. $L_D$ and $L_G$ are the losses of the two players, to be made
# *small*. All logarithms are natural.

# %% role="setup"
import numpy as np

from course_lib.checks import check, check_that


def sigmoid(logits):
    """D, the probability of "real", from logits; an array of the same shape."""
    return 1 / (1 + np.exp(-logits))


def softplus(logits):
    """log(1 + e^l) for each logit, by NumPy's function for log(e^a + e^b)."""
    return np.logaddexp(0, logits)


# %% [markdown]
# ## Where we are going
# A discriminator has looked at eight fakes, early in a training, when it wins easily. Its logits are the marks below:
# most are far to the left, where $D$ is close to 0. The first picture shows two losses for the generator. Both fall
# from left to right, so both say the same: make $D$ say "real". The second picture shows how hard they *pull*. The
# dark, dashed loss, the one of the original game, hardly pulls where most of the fakes are. The green one does.

# %%
import matplotlib.pyplot as plt

from course_lib import plots

plots.use_course_style()
real_logits = np.array([4.1, 2.3, 0.4, 3.0, -0.8, 5.2, 1.7, 2.9])  # of eight real things
fake_logits = np.array([-5.5, -3.2, -1.1, -7.4, 0.6, -4.0, -2.6, -6.3])  # of eight fakes
line = np.linspace(-8, 8, 321)

# %% fold="Draw the two losses and their pull"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
for label, role, style, loss, pull in (
    (r"minimax, $\log(1 - D)$", "neutral", "--", lambda logit: -softplus(logit), sigmoid),
    (
        r"non-saturating, $-\log D$",
        "generator",
        "-",
        lambda logit: softplus(-logit),
        lambda logit: sigmoid(-logit),
    ),
):
    for axes, curve in ((left, loss), (right, pull)):
        axes.plot(line, curve(line), color=plots.COLOURS[role], linestyle=style, label=label)
        axes.plot(
            fake_logits,
            curve(fake_logits),
            plots.MARKERS[role],
            color=plots.COLOURS[role],
            markersize=5,
        )
left.set(title="Two losses for the generator", xlabel="logit of a fake", ylabel="loss")
right.set(title="How hard each pulls", xlabel="logit of a fake", ylabel="size of its gradient")
right.set(ylim=(-0.05, 1.3))
for axes in (left, right):
    axes.legend(loc="upper right", fontsize=8)
plots.show(
    figure,
    alt="Two curves over the logit of a fake, from minus 8 to 8, with eight marks, seven of them "
    "left of zero. Left: both losses fall; minimax is flat at the left end, the non-saturating "
    "loss is steep there. Right: the size of their gradients. Minimax rises from 0 to 1, the "
    "non-saturating one falls from 1 to 0; they cross at logit zero.",
)

# %% [markdown]
# ## From a value to two losses
# In the game of Goodfellow and others (2014) the discriminator is paid the logarithm of the probability that it gave
# to the truth. What it earns on average is the **value**
#
# $$ V(D, G) = E_{x \sim p_{data}}[\log D(x)] + E_{z \sim p_z}[\log(1 - D(G(z)))] . $$
#
# The discriminator wants it large, the generator wants it small. As losses:
#
# $$ L_D = -E_x[\log D(x)] - E_z[\log(1 - D(G(z)))] , \qquad L_G = E_z[\log(1 - D(G(z)))] . $$
#
# This $L_G$ is called **minimax**; the other half of $V$ does not contain $G$. In the same paper stands another one,
# the **non-saturating** loss, which nearly everybody uses:
#
# $$ L_G = -E_z[\log D(G(z))] . $$
#
# A program does not see $D$ first; it sees the logit $l$. So let us write everything with $l$. From
# $D = 1/(1 + e^{-l})$ we get $-\log D = \log(1 + e^{-l})$, and from $1 - D = e^{-l}/(1 + e^{-l}) = 1/(1 + e^{l})$ we
# get $-\log(1 - D) = \log(1 + e^{l})$. The function $\log(1 + e^{l})$ is called **softplus**, because it looks like
# $\max(0, l)$ with a soft corner. In short:
#
# $$ -\log D = \mathrm{softplus}(-l), \qquad -\log(1 - D) = \mathrm{softplus}(l). $$
#
# The cell computes the three losses of our batch in both ways. Numbers in NumPy carry about 16 digits (float64).
# When $1 - D$ is formed from a $D$ near 1, two or three are lost, since our logits go up to 5 only; so we ask for
# agreement to 1e-12. `compare` stops with an error if two numbers are further apart than the tolerance.


# %% tags=["nbval-check-output"]
def compare(what, seen, expected, tolerance):
    furthest = np.max(np.abs(seen - expected))
    assert furthest <= tolerance, f"{what}: they differ by {furthest}"
    if np.ndim(seen) == 0:
        print(f"{what:52} {seen:9.5f} and {expected:9.5f} agree within {tolerance:.0e}")
    else:
        print(f"{what:52} {np.size(seen):5} pairs of numbers agree within {tolerance:.0e}")


d_real, d_fake = sigmoid(real_logits), sigmoid(fake_logits)
compare(
    "L_D, with D and with softplus",
    -np.mean(np.log(d_real)) - np.mean(np.log(1 - d_fake)),
    np.mean(softplus(-real_logits)) + np.mean(softplus(fake_logits)),
    1e-12,
)
compare("L_G, minimax", np.mean(np.log(1 - d_fake)), -np.mean(softplus(fake_logits)), 1e-12)
compare(
    "L_G, non-saturating", -np.mean(np.log(d_fake)), np.mean(softplus(-fake_logits)), 1e-12
)
compare("L_D of a blind D (all logits 0), and log 4", 2 * softplus(0.0), np.log(4), 1e-12)

# %% [markdown]
# This discriminator's loss is far below $\log 4 = 1.386$, which a blind one pays that always says $\frac12$: it is
# winning. The two losses of the generator cannot be compared by their values; minimax is never above 0 and
# non-saturating never below. What moves a network is not the value of a loss but its slope.
#
# ## What a gradient says
# The **gradient** of a loss is its derivative; with several variables it is the list of the partial derivatives, one
# for each variable, the others held fixed. Training goes *against* the gradient, step by step: a logit $l$ in a loss
# $L$ is pushed towards $l - \eta\,\frac{dL}{dl}$ with some small $\eta > 0$, the **learning rate**. This is called
# descent. The weights of the networks are what really moves, but every weight acts on the loss through the logits; so
# $\frac{dL}{dl}$ is the order that the loss gives, and all else passes it on.
#
# One derivative is enough for all four terms:
#
# $$ \frac{d}{dl}\,\mathrm{softplus}(l) = \frac{e^{l}}{1 + e^{l}} = \sigma(l) = D ,
#  \qquad \frac{d}{dl}\,\mathrm{softplus}(-l) = -\sigma(-l) = -(1 - D) = D - 1 . $$
#
# | term | in words | gradient with respect to the logit | the logit is pushed |
# |---|---|---|---|
# | $-\log D(x)$ | D on a real thing | $D - 1$ | up, until $D = 1$ |
# | $-\log(1 - D(\tilde x))$ | D on a fake | $D$ | down, until $D = 0$ |
# | $\log(1 - D(\tilde x))$ | minimax G | $-D$ | up, but with no force when $D = 0$ |
# | $-\log D(\tilde x)$ | non-saturating G | $D - 1$ | up, with full force when $D = 0$ |
#
# To check a derivative by numbers, take the **difference quotient** $\big(f(l + h) - f(l - h)\big)/(2h)$. It is
# wrong by about $h^2$ times the third derivative, which is below 0.1 here: with $h = 10^{-4}$ that is less than
# $10^{-9}$. Rounding adds the error of $f$ divided by $h$. At logit 8, $1 - D$ is 0.0003 and has kept 12 or 13
# digits of 16, so its logarithm is wrong by up to $3 \cdot 10^{-13}$, the quotient by $3 \cdot 10^{-9}$. We allow
# 1e-8.


# %% tags=["nbval-check-output"]
def slope(function, logit, step=1e-4):
    """The difference quotient of a function, number by number."""
    return (function(logit + step) - function(logit - step)) / (2 * step)


d = sigmoid(line)
compare("-log D:       D - 1", slope(lambda logit: -np.log(sigmoid(logit)), line), d - 1, 1e-8)
compare("-log(1 - D):  D", slope(lambda logit: -np.log(1 - sigmoid(logit)), line), d, 1e-8)
compare("log(1 - D):  -D", slope(lambda logit: np.log(1 - sigmoid(logit)), line), -d, 1e-8)

# %% [markdown]
# **Predict first.** Here is our batch of fakes. The one with logit 0.6 already fools $D$; the one with -7.4 is a
# disaster. To which of the two does minimax listen more, and to which does the non-saturating loss? And what is the
# quotient of the two gradients of one fake?

# %% role="spoiler"
print("  logit       D   minimax   non-saturating   quotient")
for logit in np.sort(fake_logits):
    d = sigmoid(logit)
    print(f"{logit:7.1f} {d:7.4f} {-d:9.4f} {d - 1:16.4f} {(d - 1) / -d:10.1f}")

# %% role="spoiler" fold="Compare the quotient with a formula, and add up the pull"
d = sigmoid(fake_logits)
compare("the quotient, and exp(-l)", (d - 1) / -d, np.exp(-fake_logits), 1e-9)
share = d.max() / d.sum()
print(f"share of the best fake in the whole pull: minimax {share:.2f},", end=" ")
print(f"non-saturating {(1 - d).min() / (1 - d).sum():.2f}")

# %% [markdown]
# For a single fake both losses point the same way, up; the quotient $(1 - D)/D = e^{-l}$ is positive. But the force
# differs without bound. And so does the *distribution* of the force over a batch: **minimax listens to the fakes
# that are good already** (here one fake of eight makes more than half of the pull), **the non-saturating loss to
# those that are bad**. The first is a teacher who helps the best pupil only.
#
# This is what people mean by "minimax saturates": where $D$ is sure of a fake, $\log(1 - D)$ is flat. There is an
# irony in it. The better the discriminator, the less its opponent hears from it.

# %% [markdown]
# ## Exercise 1: derive, and let numbers check
# Mix the two. For a batch of $n$ fakes with logits $l_1, \dots, l_n$ and a share $s$ between 0 and 1, let
#
# $$ L_G = \frac1n \sum_{i=1}^n \Big( s \log(1 - D_i) - (1 - s) \log D_i \Big) , \qquad D_i = \sigma(l_i) . $$
#
# On paper: what is $\frac{\partial L_G}{\partial l_i}$? Then write `mixed_gradient(fake_logits, share)`, which
# returns these $n$ numbers as an array. For example, `mixed_gradient(np.array([0.0]), 0.3)` is `[-0.5]`. The check
# knows no formula; it takes difference quotients.


# %% role="exercise" grade_id="mixed_gradient"
# Exercise 1
def mixed_gradient(fake_logits, share):
    """Derivatives of share * minimax + (1 - share) * non-saturating by each logit, shape (n,)."""
    ### BEGIN SOLUTION
    d = sigmoid(fake_logits)
    return -(share * d + (1 - share) * (1 - d)) / len(fake_logits)
    ### END SOLUTION


# %% role="check" grade_id="mixed_gradient"
def by_quotients(by, logit, s, step=1e-5):
    """The loss of one fake, moved a little to both sides: in its logit, or in its D."""

    def loss(value):
        d = value if by == "D" else sigmoid(value)
        return s * np.log(1 - d) - (1 - s) * np.log(d)

    at = sigmoid(logit) if by == "D" else logit
    return (loss(at + step) - loss(at - step)) / (2 * step)


def right_gradient(logit, s):
    return by_quotients("logit", logit, s) / len(logit)


batch = np.array([-3.0, -0.5, 0.2, 1.5])
checked_mixed_gradient = check(
    1,
    "mixed_gradient",
    cases=[
        ((logit, s), right_gradient(logit, s))
        for logit, s in ((np.array([0.0]), 0.3), (batch, 0.0), (batch, 1.0), (batch, 0.7))
    ],
    mistakes={
        "The sign is turned round: descent should push the logits of fakes up.": lambda logit, s: (
            -right_gradient(logit, s)
        ),
        "These are the gradients of the sum. The loss is a mean: each fake has only 1/n of the say.": lambda logit, s: (
            len(logit) * right_gradient(logit, s)
        ),
        "The two shares are exchanged: with share 1 it is minimax, and its gradient is gone where D = 0.": (
            lambda logit, s: right_gradient(logit, 1 - s)
        ),
        "This is the derivative by D. The logit acts through D = sigmoid(l), so the chain rule has another factor.": (
            lambda logit, s: by_quotients("D", logit, s) / len(logit)
        ),
    },
    hint="Write both logarithms with softplus, and use that softplus' = sigmoid.",
    tolerance=1e-7,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="mixed_gradient" points=2
values = []
for _ in range(3):
    logits = 2.5 * random.normal(size=int(random.integers(5, 10)))
    values.append(mixed_gradient(logits, random.uniform(0.1, 0.4)))
publish(values=values)

# %% [markdown]
# Did you notice what happens for $s = \frac12$? Every fake gets the same gradient, $-\frac{1}{2n}$, good or bad.
# That is no accident, and we shall need it soon:
#
# $$ \log(1 - D) - \log D = -\mathrm{softplus}(l) + \mathrm{softplus}(-l) = -l . $$
#
# The sum of both losses is simply the logit with a minus sign. (For the last step: $D/(1 - D) = e^l$.)
#
# ## Two generators, far from the data
# Now let a generator feel it. The things are numbers on a line; real ones come from the normal density
# $N(0, 0.5^2)$. The generator has one weight, $\theta$, and makes $G(z) = \theta + 0.5\,z$ from standard normal
# noise: it only has to find $\theta = 0$. And the discriminator is always the best there is. Its logit is the
# difference of the two log-densities (lesson 1), here, with $s = 0.5$,
#
# $$ l^*(x) = \log p_{data}(x) - \log p_g(x) = \frac{-x^2 + (x - \theta)^2}{2 s^2} = \frac{\theta^2 - 2\theta x}{2 s^2},
#  \qquad \frac{dl^*}{dx} = -\frac{\theta}{s^2} . $$
#
# In the generator's step the discriminator is held fixed: the $\theta$ inside $l^*$ is not differentiated, only the
# place $x$ of each fake moves. When $\theta$ takes a step, every fake takes the same one. So by the chain rule
#
# $$ \frac{dL_G}{d\theta} = \text{mean over the fakes of } \frac{dL}{dl} \cdot \frac{dl^*}{dx} \cdot 1 . $$
#
# The first factor you have written yourself, the $\frac1n$ of the mean included, so it is *your* gradient that moves
# the generator: with share 1 it is minimax, with share 0 non-saturating. A name that begins with `checked_` is what
# the check under an exercise hands on: your own function if it is right, else the course's.
#
# **Predict first.** Both generators start at $\theta = 3$, that is six standard deviations away, with learning rate
# 0.05, and see 256 fakes a step. How many steps will each need until $|\theta| < 0.1$? Guess two numbers. And from
# $\theta = 4$?

# %% role="spoiler"
s = 0.5
GRADIENTS = {
    "minimax": lambda logits: checked_mixed_gradient(logits, 1.0),
    "non-saturating": lambda logits: checked_mixed_gradient(logits, 0.0),
}


def play(gradient, theta, steps, learning_rate=0.05, until=0.0):
    """theta after 0, 1, 2, ... steps of descent against the best D; stops when |theta| < until."""
    random = np.random.default_rng(seed=1)
    path = [theta]
    while len(path) <= steps and abs(theta) >= until:
        fakes = theta + s * random.normal(size=256)
        logits = (theta**2 - 2 * theta * fakes) / (2 * s**2)
        theta = theta - learning_rate * np.sum(gradient(logits)) * (-theta / s**2)
        path.append(theta)
    return np.array(path)


print("steps home, None if it takes more than 2,000:")
print("start   non-saturating   minimax")
arrivals = {}
for start in (1.0, 2.0, 3.0, 3.5, 4.0):
    paths = [play(GRADIENTS[n], start, 2_000, until=0.1) for n in reversed(GRADIENTS)]
    arrivals[start] = [len(path) - 1 if abs(path[-1]) < 0.1 else None for path in paths]
    ours, theirs = arrivals[start]
    print(f"{start:5} {ours!s:>16} {theirs!s:>9}")

# %% role="spoiler"
from course_lib.theory.divergences import best_value, integrate, normal

x = np.linspace(-12, 14, 5201)


def whole_pull(name, theta):
    """dL_G/dtheta for all possible fakes at once: the mean as an integral."""
    logit = (theta**2 - 2 * theta * x) / (2 * s**2)
    d = np.exp(-softplus(-logit))  # sigmoid without overflow; see the section on numbers
    gradient = {"minimax": -d, "non-saturating": d - 1}[name]
    return integrate(normal(x, theta, s) * gradient * (-theta / s**2), x)


ratio = whole_pull("non-saturating", 4.0) / whole_pull("minimax", 4.0)
print(f"at theta = 4 the non-saturating pull is {ratio:,.0f} times as strong")

# %% role="spoiler" fold="Draw the way home, and the pull at every distance"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
thetas = np.linspace(0.02, 4, 80)
for name, role, style in (("minimax", "neutral", "--"), ("non-saturating", "generator", "-")):
    look = {"color": plots.COLOURS[role], "linestyle": style, "label": name}
    left.plot(play(GRADIENTS[name], 3.0, 400), **look)
    right.plot(thetas, [whole_pull(name, theta) for theta in thetas], **look)
left.set(title="From 3 to the data at 0", xlabel="step", ylabel=r"$\theta$")
right.set(
    title="How hard the generator is pulled",
    xlabel=r"$\theta$, the distance from the data",
    ylabel=r"$dL_G/d\theta$",
    yscale="log",
)
left.legend()
right.legend(loc="lower left")
plots.show(
    figure,
    alt="Left: theta over 400 steps from 3. The non-saturating generator falls below 0.1 "
    "within 25 steps; the minimax one creeps from 3 to 2 in 300 steps and then falls. Right, "
    "on a logarithmic axis: the pull over theta. They agree near zero; then the "
    "non-saturating pull grows to 16, while the minimax pull falls below a thousandth.",
)

# %% [markdown]
# Close to the data both pull alike: there $D \approx \frac12$, and $D$ and $1 - D$ are the same. Far away minimax is
# 20,000 times weaker, and the generator stands still for as long as you care to wait. And when the data are reached,
# *both rest*, at the same place. That is why one may exchange one loss for the other.
#
# One may, but it is no longer the same game, and you can see the price in the second picture too: the non-saturating
# pull *grows* with the distance, because the best logit becomes steeper and steeper. A generator under a very good
# discriminator is pulled hard by every accident of the batch. Lesson 9 is about taming that.

# %% [markdown]
# ### Second reading: what does it make smaller?
# (This section goes deeper. Nothing later needs it.)
#
# Against the best discriminator, minimax makes the Jensen-Shannon divergence smaller:
# $V(D^*, G) = -\log 4 + 2\,\mathrm{JS}$ (lesson 1). And the non-saturating loss? We have just seen that both losses
# together are $-l$. If $D$ is the best one, the mean of $-l^*$ over the fakes is a divergence we know, *the other*
# Kullback-Leibler divergence:
#
# $$ E_{\tilde x \sim p_g}[-l^*(\tilde x)] = \int p_g \log\frac{p_g}{p_{data}}\,dx = \mathrm{KL}(p_g\,\|\,p_{data}) . $$
#
# The left side depends on $\theta$ in two ways: the fakes move, and the best logit changes with them. A step of the
# generator feels the first only, since it holds $D$ fixed. Nothing is lost by that: the part left out is
#
# $$ \int p_g\,\frac{d}{d\theta} \log p_g\,dx = \int \frac{d p_g}{d\theta}\,dx
#  = \frac{d}{d\theta} \int p_g\,dx = \frac{d}{d\theta}\,1 = 0 . $$
#
# So descent on $-l^*$ makes $\mathrm{KL}(p_g\,\|\,p_{data})$ smaller. Descent on minimax makes $2\,\mathrm{JS}$
# smaller; there, too, one may hold $D^*$ fixed, since at its maximum $V$ does not change to first order (lesson 1).
# And since $-\log D = -l - \log(1 - D)$, the non-saturating loss is the difference of the two. This is the theorem
# of Arjovsky and Bottou (2017, theorem 2.5):
#
# $$ \underbrace{\nabla_\theta\, E_z[-\log D^*(G(z))]}_{D^* \text{ held fixed}}
#  = \nabla_\theta \Big( \mathrm{KL}(p_g\,\|\,p_{data}) - 2\,\mathrm{JS}(p_{data}, p_g) \Big) . $$
#
# The cell computes both sides, the left as an integral over all fakes, the right by difference quotients of the
# divergences. $\mathrm{KL}$ of our two densities is $\theta^2/(2 s^2)$ (lesson 1), with the derivative $\theta/s^2$.
# With a step of 1e-4 the quotient is wrong by some 1e-8; we allow 1e-6.

# %% tags=["nbval-check-output"]
for theta in (0.5, 1.0, 2.0, 4.0):

    def two_js(t):
        return best_value(normal(x, 0, s), normal(x, t, s), x)  # up to log 4, a constant

    js_slope = slope(two_js, theta)
    expected = theta / s**2 - js_slope
    compare(f"theta = {theta}: minimax, 2 JS", whole_pull("minimax", theta), js_slope, 1e-6)
    seen = whole_pull("non-saturating", theta)
    compare(f"theta = {theta}: non-saturating, KL - 2 JS", seen, expected, 1e-6)

# %% [markdown]
# $\mathrm{KL}(p_g\,\|\,p_{data})$ is the divergence that punishes fakes where there are no data, and forgives it
# when a part of the data has no fakes (lesson 1: "avoid the empty parts"). And it is unbounded, so it goes on
# pulling where JS has levelled out. That would fit what one sees of real GANs, good single pictures and a readiness
# to leave something out; but whether the divergence is the reason is disputed (Goodfellow 2016, section 3.2).

# %% [markdown]
# ## Four misprints
# The objectives are short, and yet you will find them printed wrongly in reports, slides and programs, because a
# formula in a text is never run. Here are four that are found often. Each of them changes the game.
#
# 1. *The generator's sign.* "The generator minimises $E_z[\log D(G(z))]$."
# 2. *A missing logarithm.* "The discriminator maximises $E_x[D(x)] + E_z[\log(1 - D(G(z)))]$."
# 3. *An indicator.* "$D(x)$ is 1 if $x$ is judged to be real and 0 if not; maximise
#    $E_x[\log D(x)] + E_z[\log(1 - D(G(z)))]$."
# 4. *A term counted twice.* "The discriminator maximises
#    $E_x[\log D(x)] + E_z[\log(1 - D(G(z)))] + E_{\tilde x \sim p_g}[\log(1 - D(\tilde x))]$."
#
# **Predict first.** Which of them gives which symptom? (a) A discriminator that calls perfect fakes real with
# probability 1/3. (b) A generator whose fakes get worse and worse, with a loss that gets better and better. (c) One
# that says "fake" for certain of everything that is more often fake than real. (d) No gradient at all, and a value
# that is 0 or minus infinity.
#
# For (a) and (c) we search for the best $D$, as in lesson 1. At one place $x$ let $r$ be the **share of the real**,
# $r = p_{data}/(p_{data} + p_g)$. The right objective, $r \log y + (1 - r) \log(1 - y)$, is largest at $y = r$: the
# best discriminator says the share. The search goes in steps of 1/10,000, so it may be off by that.

# %% role="spoiler"
shares = np.linspace(0.02, 0.98, 97)
y = np.linspace(0, 1, 10_001)[1:-1]


def best_d(objective):
    """For each share, the D among 9,999 that makes the objective largest."""
    return np.array([y[np.argmax(objective(share))] for share in shares])


found = {
    "right": best_d(lambda r: r * np.log(y) + (1 - r) * np.log(1 - y)),
    "2: a missing log": best_d(lambda r: r * y + (1 - r) * np.log(1 - y)),
    "4: a term twice": best_d(lambda r: r * np.log(y) + 2 * (1 - r) * np.log(1 - y)),
}
for r in (0.25, 0.5, 0.75):
    says = ", ".join(f"{name} {np.interp(r, shares, d):.3f}" for name, d in found.items())
    print(f"r = {r}, the best D: {says}")

rising, falling = fake_logits.copy(), fake_logits.copy()
mean_logits = {"right, $-\\log D$": [], "1: the sign": []}
for _ in range(41):
    mean_logits["right, $-\\log D$"].append(rising.mean())
    mean_logits["1: the sign"].append(falling.mean())
    rising = rising - 0.5 * (sigmoid(rising) - 1)  # a step of descent, learning rate 0.5
    falling = falling - 0.5 * (1 - sigmoid(falling))  # the gradient of log D is 1 - D
for name, means in mean_logits.items():
    print(f"{name}: mean logit of the fakes {means[0]:.2f}, after 40 steps {means[-1]:.2f}")

# %% role="spoiler" fold="Compare with formulas, and draw all four"
compare("right: the share r", found["right"], shares, 1.01e-4)
no_log = np.maximum(1 - (1 - shares) / shares, 0)
compare("2: max(0, 1 - (1 - r) / r)", found["2: a missing log"], no_log, 1.01e-4)
compare("4: r / (2 - r)", found["4: a term twice"], shares / (2 - shares), 1.01e-4)
for r in (0.25, 0.75):
    says = {name: np.interp(r, shares, d) for name, d in found.items()}
    quotients = ", ".join(f"{name} {d / (1 - d):.2f}" for name, d in says.items())
    print(f"r = {r}, so p_data / p_g = {r / (1 - r):.2f}; D / (1 - D): {quotients}")

figure, panels = plt.subplots(1, 3, figsize=(11, 3.4))
colours = {
    "right, $-\\log D$": "generator",
    "1: the sign": "fake",
    "right": "neutral",
    "2: a missing log": "discriminator",
    "4: a term twice": "real",
}
plots.line_curves(
    np.arange(41),
    mean_logits,
    "1: G learns to be caught",
    "step of the generator",
    "mean logit of the fakes",
    colours=colours,
    axes=panels[0],
)
plots.line_curves(
    shares,
    found,
    "2 and 4: the best D",
    "share of the real, r",
    "D that earns most",
    colours=colours,
    axes=panels[1],
)
grey, orange = plots.COLOURS["neutral"], plots.COLOURS["fake"]
panels[2].plot(line, -softplus(-line), color=grey, label=r"right, $\log D$")
panels[2].plot([0, 8], [0, 0], color=orange, linestyle="--", label="3: an indicator")
panels[2].text(-7.8, -1.4, "3: minus infinity\nfor all left of 0", color=orange, fontsize=9)
panels[2].set(
    title="3: what D is paid on a real thing",
    xlabel="logit of the real thing",
    xticks=range(-8, 9, 4),
    ylabel="payment",
    ylim=(-8.2, 0.6),
)
panels[2].legend(loc="lower right", fontsize=8)
plots.show(
    figure,
    alt="Three panels. First: over 40 steps the mean logit of the fakes rises with the right "
    "loss and falls in a straight line with misprint 1. Second: the best D over the share of "
    "the real: the right one is the diagonal; with a missing log it is 0 up to one half and then "
    "rises steeply to 1; with a term twice it hangs below the diagonal, one third at one half. "
    "Third: log D is a smooth rising curve, the indicator is 0 right of zero and minus infinity "
    "left of it.",
)

# %% [markdown]
# So (b) is misprint 1, (c) is 2, (d) is 3 and (a) is 4. Two of them are visible at once in a training; misprints 2
# and 4 are worse, because everything *seems* to work: there are gradients, and losses that move. Only the meaning has
# changed. With them $D = \frac12$ no longer means "I cannot tell". And what does $D$ know? The right one knows the
# quotient of the densities: it is $D/(1 - D)$, as the last two lines show. With misprint 4 this is just half the
# quotient, so $D$ still knows it, up to a factor 2. With misprint 2 it is the quotient less 1 where the real things are
# in the majority, and 0 everywhere else: there the knowledge is gone.
#
# Now it is your turn. Each of the next four exercises is a short function from a program that contains one of the
# misprints. Each has some extra that a real project might have, so that you cannot copy the answer from a library.
#
# ## Exercise 2: repair the sign
# Some fakes count more than others, say because they belong to a rare class, so the mean is weighted:
# `np.average(values, weights=weights)`. The function should be the loss that a generator **minimises**, in the
# **non-saturating** form.


# %% role="exercise" grade_id="weighted_generator_loss"
# Exercise 2
def weighted_generator_loss(fake_logits, weights):
    """The weighted mean of the non-saturating loss, a number."""
    ### BEGIN BROKEN
    # d = sigmoid(fake_logits)
    # return np.average(np.log(d), weights=weights)
    ### END BROKEN
    ### BEGIN SOLUTION
    return np.average(softplus(-fake_logits), weights=weights)
    ### END SOLUTION


# %% role="check" grade_id="weighted_generator_loss"
wrong_sign = [-0.69314718, -2.3691224, -2.5336853]
minimax = [-0.69314718, -0.61912239, -0.23368528]
of_d = [0.69314718, 0.61912239, 0.23368528]
unweighted = [0.69314718, 1.8194465, 1.7613322]
not_divided = [2.7725887, 9.4764896, 12.6684267]
divided_by_count = [1.3862944, 3.1588299, 6.3342133]
log_of_mean = [0.69314718, 1.2159518, 1.8174923]
checked_weighted_generator_loss = check(
    2,
    "weighted_generator_loss",
    cases=[
        ((np.array([0.0, 0.0]), np.array([1.0, 3.0])), 0.69314718),  # log 2
        ((np.array([2.0, -1.0, -4.0]), np.array([1.0, 1.0, 2.0])), 2.3691224),
        ((np.array([-3.0, 0.5]), np.array([4.0, 1.0])), 2.5336853),
    ],
    mistakes={
        "Descent makes the loss small. Where does it send D(G(z)), if log D(G(z)) is to be small?": wrong_sign,
        "This is minimax. It points the right way, but it is flat where D is near 0.": minimax,
        "This is the discriminator's term for fakes: it sends them towards D = 0.": of_d,
        "The sign is right; the weights are lost.": unweighted,
        "The sign is right. A weighted mean divides the weighted sum by the sum of the weights.": not_divided,
        "The sign is right. A weighted mean divides by the sum of the weights, not by their number.": divided_by_count,
        "The sign is right. But the mean is of the logarithms: first log D for each fake, then the mean.": log_of_mean,
    },
    hint="The generator wants log D(G(z)) to be large. A loss is to be made small.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="weighted_generator_loss" points=1
values = []
for _ in range(3):
    size = int(random.integers(4, 9))
    values.append(
        weighted_generator_loss(3 * random.normal(size=size), random.gamma(1, size=size))
    )
publish(values=values)

# %% [markdown]
# ## Exercise 3: repair the missing logarithm
# This discriminator is shown unequal amounts: a share $\pi$ of what it sees is real, $1 - \pi$ is fake. So its loss
# is
#
# $$ L_D = -\pi\,E_x[\log D(x)] - (1 - \pi)\,E_z[\log(1 - D(G(z)))] . $$


# %% role="exercise" grade_id="shared_discriminator_loss"
# Exercise 3
def shared_discriminator_loss(real_logits, fake_logits, share):
    """The discriminator's loss with a share of real things, a number."""
    ### BEGIN BROKEN
    # d_real, d_fake = sigmoid(real_logits), sigmoid(fake_logits)
    # return -(share * np.mean(d_real) + (1 - share) * np.mean(np.log(1 - d_fake)))
    ### END BROKEN
    ### BEGIN SOLUTION
    on_real, on_fake = softplus(-real_logits), softplus(fake_logits)
    return share * np.mean(on_real) + (1 - share) * np.mean(on_fake)
    ### END SOLUTION


# %% role="check" grade_id="shared_discriminator_loss"
without_log = [0.09657359, -0.4505162, 0.22456928]
value = [-0.69314718, -0.50710771, -0.58395997]
exchanged = [0.69314718, 0.5396538, 0.61807961]
without_shares = [1.3862944, 1.0467615, 1.2020396]
about_d = [0.69314718, 0.65710771, 1.28396]
checked_shared_discriminator_loss = check(
    3,
    "shared_discriminator_loss",
    cases=[
        ((np.array([0.0, 0.0]), np.array([0.0]), 0.5), 0.69314718),
        ((np.array([2.0, -1.0, 3.0]), np.array([-2.0, 0.5]), 0.8), 0.50710771),
        ((np.array([1.0, -0.5]), np.array([-3.0, 1.0, -1.0]), 0.3), 0.58395997),
    ],
    mistakes={
        "It can fall below 0, and minus the logarithm of a probability cannot: which of the two terms has no "
        "logarithm?": without_log,
        "This is the value, which D wants large. A loss is to be made small.": value,
        "Logarithms and signs are right; the shares are exchanged.": exchanged,
        "Logarithms and signs are right; the shares are lost.": without_shares,
        "The second term has to be about 1 - D: a discriminator is paid for saying fake there.": about_d,
    },
    hint="Compare with the formula term by term.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="shared_discriminator_loss" points=1
values = []
for _ in range(3):
    real, fake = 1 + 2 * random.normal(size=7), -1 + 2 * random.normal(size=5)
    values.append(shared_discriminator_loss(real, fake, random.uniform(0.6, 0.9)))
publish(values=values)

# %% [markdown]
# ## Exercise 4: repair the indicator
# "Judged to be real" is a yes or a no; $D$ is a probability. Between the two lies the **temperature** $T > 0$:
# $D = \sigma(l/T)$. For a small $T$ it is nearly an indicator, for a large one it is nearly $\frac12$ everywhere.
# Repair the function so that it returns the value $V = E_x[\log D(x)] + E_z[\log(1 - D(G(z)))]$ of the
# discriminator with this temperature.


# %% role="exercise" grade_id="tempered_value"
# Exercise 4
def tempered_value(real_logits, fake_logits, temperature):
    """V(D, G) with D = sigmoid(logit / temperature), a number."""
    ### BEGIN BROKEN
    # d_real = np.where(real_logits > 0, 1.0, 0.0)
    # d_fake = np.where(fake_logits > 0, 1.0, 0.0)
    # return np.mean(np.log(d_real)) + np.mean(np.log(1 - d_fake))
    ### END BROKEN
    ### BEGIN SOLUTION
    on_real = np.mean(softplus(-real_logits / temperature))
    return -on_real - np.mean(softplus(fake_logits / temperature))
    ### END SOLUTION


# %% role="check" grade_id="tempered_value"
indicator = [-np.inf, 0.0, 0.0, -np.inf]
without_temperature = [-1.3862944, -0.46342818, -0.46342818, -1.0467615]
multiplied = [-1.3862944, -0.46342818, -0.069795535, -1.0658512]
negated = [1.3862944, 0.46342818, 1.0323005, 1.381557]
checked_tempered_value = check(
    4,
    "tempered_value",
    cases=[
        ((np.array([0.0, 0.0]), np.array([0.0]), 2.0), -1.3862944),  # -log 4
        ((np.array([2.0, 1.0, 3.0]), np.array([-2.0, -0.5]), 1.0), -0.46342818),
        ((np.array([2.0, 1.0, 3.0]), np.array([-2.0, -0.5]), 4.0), -1.0323005),
        ((np.array([2.0, -1.0, 3.0]), np.array([-2.0, 0.5]), 0.5), -1.381557),
    ],
    mistakes={
        "Still an indicator: 0 if all verdicts are right, minus infinity as soon as one is wrong.": indicator,
        "Right for temperature 1: D is a probability now. But the temperature is not used.": without_temperature,
        "Divide the logits by the temperature; a large one makes D undecided.": multiplied,
        "This is L_D. Here the value is asked for, which is never above 0.": negated,
    },
    hint="Put D = sigmoid(logit / temperature) in the place of the indicator.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="tempered_value" points=1
values = []
for temperature in random.uniform([0.4, 1.5, 3], [0.8, 2.5, 6]):
    real, fake = 1 + 2 * random.normal(size=6), -1 + 2 * random.normal(size=8)
    values.append(tempered_value(real, fake, temperature))
publish(values=values)

# %% [markdown]
# ## Exercise 5: repair the double count
# To keep $D$ from forgetting, Shrivastava and others (2017) show it not only the generator's fresh fakes but also
# old ones from a buffer. Fresh and old *together* are the fakes, and every single fake should count the same,
# whichever it is. There may be more of one kind than of the other. `np.concatenate([a, b])` joins two arrays.


# %% role="exercise" grade_id="buffered_discriminator_loss"
# Exercise 5
def buffered_discriminator_loss(real_logits, fresh_logits, old_logits):
    """L_D: the mean over the real things plus the mean over all the fakes, a number."""
    ### BEGIN BROKEN
    # on_real = np.mean(softplus(-real_logits))
    # on_fresh = np.mean(softplus(fresh_logits))
    # on_old = np.mean(softplus(old_logits))
    # return on_real + on_fresh + on_old
    ### END BROKEN
    ### BEGIN SOLUTION
    fake_logits = np.concatenate([fresh_logits, old_logits])
    return np.mean(softplus(-real_logits)) + np.mean(softplus(fake_logits))
    ### END SOLUTION


# %% role="check" grade_id="buffered_discriminator_loss"
counted_twice = [2.0794415, 1.3150481, 1.3644227]
mean_of_means = [1.3862944, 0.90565353, 0.83884217]
one_mean = [0.69314718, 0.40699202, 0.69066278]
without_old = [1.3862944, 1.0467615, 1.3577073]
checked_buffered_discriminator_loss = check(
    5,
    "buffered_discriminator_loss",
    cases=[
        ((np.array([0.0, 0.0]), np.array([0.0]), np.array([0.0])), 1.3862944),  # log 4
        (
            (
                np.array([2.0, -1.0, 3.0]),
                np.array([-2.0, 0.5]),
                np.array([-3.0, -4.0, -1.0, 0.0]),
            ),
            0.85861754,
        ),
        ((np.array([1.0]), np.array([-1.0, 2.0, 0.0]), np.array([-5.0])), 1.0982747),
    ],
    mistakes={
        "A blind D pays log 4 = 1.386, half of it for fakes. Here fakes count double.": counted_twice,
        "Fakes and real things are in balance. But when there are fewer fresh fakes than old ones, each fresh one "
        "counts more.": mean_of_means,
        "One mean over everything: with more fakes than real things, the real ones count too little.": one_mean,
        "The old fakes are left out.": without_old,
    },
    hint="Two means: one over the real things, one over all the fakes in one array.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="buffered_discriminator_loss" points=1
values = []
for fresh, old in random.permutation([[3, 8], [9, 2], [4, 6]]):
    real = 1 + 2 * random.normal(size=int(random.integers(3, 12)))
    fakes = random.normal(size=fresh), 2 * random.normal(size=old) - 2
    values.append(buffered_discriminator_loss(real, *fakes))
publish(values=values)

# %% [markdown]
# Mended, the four must agree where their extras do nothing: with equal weights, with half of everything real, with
# temperature 1, and with a batch that is split into fresh and old. The cell puts our batch through all of them, and
# through the two losses of the beginning.

# %%
loss_d = np.mean(softplus(-real_logits)) + np.mean(softplus(fake_logits))
loss_g = np.mean(softplus(-fake_logits))
equal = checked_weighted_generator_loss(fake_logits, np.ones(8))
half = 2 * checked_shared_discriminator_loss(real_logits, fake_logits, 0.5)
plain = -checked_tempered_value(real_logits, fake_logits, 1.0)
split = checked_buffered_discriminator_loss(real_logits, fake_logits[:3], fake_logits[3:])
compare("L_G: exercise 2 with equal weights", equal, loss_g, 1e-6)
compare("L_D: twice exercise 3 with share 1/2", half, loss_d, 1e-6)
compare("L_D: minus exercise 4 with temperature 1", plain, loss_d, 1e-6)
compare("L_D: exercise 5, three fresh fakes and five old", split, loss_d, 1e-6)

# %% [markdown]
# **A good place to stop.** The losses are right on paper and in your programs; next comes what a computer makes of
# them when it rounds, and then three more losses.

# %% [markdown]
# ## Numbers that break
# Up to here all was float64 and all logits were small. Networks compute in **float32**, and a discriminator that
# wins has logits of 20 or 100. A floating-point number is a sign, a power of two, and a *significand* of $p$ binary
# digits:
#
# | type | digits $p$ | largest number | $e^l$ overflows to inf above |
# |---|---|---|---|
# | float16 | 11 | 65,504 | $l = 11.09$ |
# | float32 | 24 | $3.4 \cdot 10^{38}$ | $l = 88.72$ |
# | float64 | 53 | $1.8 \cdot 10^{308}$ | $l = 709.78$ |
#
# Overflow is the trouble everybody knows. The other one comes much earlier and without a warning. Just above 1 the
# next number is $1 + 2^{1 - p}$. So if $e^{-l}$ is at most half of that step, $2^{-p}$, then $1 + e^{-l}$ is rounded
# to 1, and $D = 1/(1 + e^{-l})$ is *exactly* 1: from the logit $l = p \log 2$ on.
#
# **Predict first.** For float32, where is that? And what is then $-\log(1 - D)$, the loss of a discriminator that
# takes a fake for real with this logit?

# %% role="spoiler"
for kind, digits in ((np.float16, 11), (np.float32, 24), (np.float64, 53)):
    logits = np.arange(0, 40, 1 / 64).astype(kind)
    first = float(logits[np.argmax(sigmoid(logits) == 1)])
    print(f"{kind.__name__}: D is exactly 1 from logit {first:6.3f} on;", end=" ")
    print(f"p log 2 = {digits * np.log(2):6.3f}")
    # The logits go in steps of 1/64 and are rounded themselves in float16.
    assert abs(first - digits * np.log(2)) < 0.05


# %% [markdown]
# At 16.6 already, that is nothing unusual. Now the same loss, $-\log(1 - D) = \log(1 + e^l)$, in float32, in four
# ways:
#
# - *textbook*: compute $D$, then $-\log(1 - D)$;
# - *patched*: the same, but nothing smaller than $10^{-7}$ is let into the logarithm; you will meet this in many
#   programs;
# - *one exponential*: $\log(1 + e^l)$ as it stands;
# - *by hand*: what we derive below.
#
# For the true values we borrow Python's `decimal`, which computes with as many digits as one asks for. NumPy's
# warnings are switched off, so that only the numbers speak.

# %% role="spoiler"
from decimal import Decimal, getcontext

getcontext().prec = 60


def exact_softplus(logit):
    return float((1 + Decimal(float(logit)).exp()).ln())


ways = {
    "textbook": lambda logit: -np.log(1 - sigmoid(logit)),
    "patched": lambda logit: -np.log(np.maximum(1 - sigmoid(logit), np.float32(1e-7))),
    "one exponential": lambda logit: np.log(1 + np.exp(logit)),
    "by hand": lambda logit: np.maximum(logit, 0) + np.log1p(np.exp(-np.abs(logit))),
}
points = np.array([-80, -20, -10, 0, 10, 20, 100], np.float32)
with np.errstate(all="ignore"):
    columns = {name: way(points) for name, way in ways.items()}
assert all(column.dtype == np.float32 for column in columns.values())
print("  logit          exact" + "".join(f"{name:>17}" for name in columns))
for logit, *row in zip(points, *columns.values(), strict=True):
    print(
        f"{logit:7.0f} {exact_softplus(logit):14.7g}" + "".join(f"{v + 0:17.7g}" for v in row)
    )

# %% [markdown]
# Go through it column by column. The textbook form is infinite from 17 on. The patch makes it finite, but wrong: no
# mistake, however bad, costs more than $-\log 10^{-7} = 16.1$. Both are 0 at -20, where the loss should be
# $2 \cdot 10^{-9}$, and at -10 they are off by 1 part in 2,000: $1 - D$ was rounded before the logarithm saw it. The
# single exponential is better to the right, until 88.7, and has the same fault on the left. The last column is right
# everywhere.
#
# And what does descent get? By the chain rule the textbook's derivative is $\frac{1}{1 - D} \cdot D (1 - D)$, which
# is what a program that differentiates step by step computes. With $D = 1$ that is $\infty \cdot 0$.

# %%
points = np.array([5, 16, 17, 100], np.float32)
with np.errstate(all="ignore"):
    d = sigmoid(points)
    step_by_step = 1 / (1 - d) * (d * (1 - d))
    # np.maximum is constant where it holds on to 1e-7, and a constant has the derivative 0
    patched = np.where(1 - d > np.float32(1e-7), step_by_step, 0)
    for row in zip(points, d, step_by_step, patched, strict=True):
        print(
            "logit {:5.0f}: gradient should be {:.4f}; textbook {:7.4f}, patched {:.4f}".format(
                *row
            )
        )
    d = sigmoid(np.append(fake_logits, 17).astype(np.float32))
    mean_gradient = np.mean(1 / (1 - d) * (d * (1 - d)))
print("the mean gradient of our batch with one more logit, 17:", mean_gradient)

# %% [markdown]
# So **one** logit of 17 in a batch makes the mean gradient `nan`, one step later all weights are `nan`, and the
# training is over. The patch avoids that, at the price of a zero: the discriminator gets no order at all about its
# very worst mistakes. It is the minimax trouble once more, this time made by rounding.
#
# ### Log-sum-exp by hand
# The cure is one idea. In $\log(e^a + e^b)$ the trouble is the size of the exponentials. Take the larger exponent
# out, $m = \max(a, b)$:
#
# $$ \log\big(e^a + e^b\big) = \log\big(e^m (e^{a - m} + e^{b - m})\big) = m + \log\big(e^{a - m} + e^{b - m}\big) . $$
#
# Now the exponents are 0 and something negative, so no exponential is larger than 1: nothing overflows, and one of
# them *is* 1, so the logarithm never sees a 0. The same works for a sum of many terms. This is the **log-sum-exp
# trick**. For softplus, $a = 0$ and $b = l$:
#
# $$ \mathrm{softplus}(l) = \log(e^0 + e^l) = \max(0, l) + \log\big(1 + e^{-|l|}\big) . $$
#
# One thing is left. If $e^{-|l|}$ is tiny, $1 + e^{-|l|}$ is rounded to 1 and its digits are lost. For this NumPy
# (like every library) has `log1p(t)`, which is $\log(1 + t)$ computed without forming $1 + t$. That is the last
# column above. And for the logarithm of a probability we never form the probability:
#
# $$ \log D = -\mathrm{softplus}(-l), \qquad D = e^{-\mathrm{softplus}(-l)} . $$
#
# The check goes through 4,001 logits. A float32 is exact to $2^{-24} = 6 \cdot 10^{-8}$ of its size, and we do four
# operations, so the *relative* error should stay below 1e-6. (Below -87 the result is smaller than the smallest
# number with all its 24 digits; we stop there.)

# %%
logits = np.linspace(-87, 120, 4_001).astype(np.float32)
exact = np.array([exact_softplus(logit) for logit in logits])
with np.errstate(all="ignore"):
    seen = {name: way(logits).astype(np.float64) for name, way in ways.items()}
error = np.max(np.abs(seen["by hand"] / exact - 1))
print(f"by hand: largest relative error {error:.1e}")
assert error < 1e-6
print("by hand and np.logaddexp(0, l) in float32 differ by at most", end=" ")
print(f"{np.max(np.abs(softplus(logits) / seen['by hand'] - 1)):.0e} of their size")

# %% fold="Draw the four ways at both ends"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6))
looks = {
    "by hand": {"color": plots.COLOURS["generator"], "linewidth": 5, "alpha": 0.35},
    "textbook": {"color": plots.COLOURS["fake"], "linestyle": "--"},
    "patched": {"color": plots.COLOURS["discriminator"], "linestyle": ":"},
    "one exponential": {"color": plots.COLOURS["real"], "linestyle": "-."},
}
for name, look in looks.items():
    finite = np.isfinite(seen[name])
    left.plot(logits[finite], seen[name][finite], label=name, **look)
    positive = seen[name] > 0
    right.plot(logits[positive], seen[name][positive], label=name, **look)
left.plot(16.6, 16.6, "x", color=plots.COLOURS["fake"], markersize=9, mew=2)
left.plot(88.7, 88.7, "+", color=plots.COLOURS["real"], markersize=11, mew=2)
left.set(
    title="Large logits: inf beyond the crosses", xlabel="logit", ylabel="loss in float32"
)
left.set(xlim=(-10, 120))
right.set(title="Small losses: steps, then 0", xlabel="logit", ylabel="loss in float32")
right.set(xlim=(-19, -11), ylim=(1e-8, 1e-5), yscale="log")
left.legend(loc="upper left")
plots.show(
    figure,
    alt="Left: the loss over logits up to 120. By hand it is a straight line all the way; the "
    "textbook form ends at 16.6, the single exponential at 88.7, each with a cross, and the "
    "patched form stays level at 16. Right, logarithmic, for logits from minus 19 to minus 11: "
    "by hand it is a straight line; the other three go down in steps that get coarser and stop "
    "near ten to the minus seven.",
)

# %% [markdown]
# The right picture shows the fault that never makes itself heard. The losses of a sure discriminator are small, and
# in three of the four programs they are steps of $6 \cdot 10^{-8}$ or twice that, and then nothing. In float16 the
# stairs are 8,000 times higher, and training in half precision is common (lesson 6).
#
# **The rule.** Networks end without a sigmoid and hand out logits, and losses take logits. In Keras, the library for
# networks that this course uses, this is what `from_logits=True` means. Further down we look at what Keras does
# without it.

# %% [markdown]
# ## Exercise 6: many judges
# Durugkar, Gemp and Mahadevan (2017) let one generator play against several discriminators. Suppose that $K$ judges
# give the logits $l_{ki}$ to the fakes $i = 1, \dots, n$, and that what counts is the *mean of their probabilities*.
# The non-saturating loss is then
#
# $$ L_G = -\frac1n \sum_{i=1}^n \log D_i , \qquad D_i = \frac1K \sum_{k=1}^K \sigma(l_{ki}) . $$
#
# Write `judges_loss(logits)`, where `logits` has shape `(K, n)`. It must be right for **any** logits, also when all
# judges say -800. Never form $D_i$: with $\log \sigma(l_{ki})$, which you can compute safely, $\log D_i$ is a
# log-sum-exp over the judges. `softplus` is there; `array.max(axis=0)` is the largest of each column. For example,
# `judges_loss(np.array([[0.0], [0.0]]))` is 0.6931.


# %% role="exercise" grade_id="judges_loss"
# Exercise 6
def judges_loss(logits):
    """Mean over the fakes of -log(mean over the judges of D); logits (K, n), returns a number."""
    ### BEGIN SOLUTION
    log_d = -softplus(-logits)  # each judge's log D
    largest = log_d.max(axis=0)  # for each fake its own
    log_mean = largest + np.log(np.mean(np.exp(log_d - largest), axis=0))
    return -np.mean(log_mean)
    ### END SOLUTION


# %% role="check" grade_id="judges_loss"
underflow = [0.693147181, 0.631533789, 0.601414969, np.inf, np.inf]
one_largest = [0.693147181, 0.631533789, 0.601414969, 801.689622, np.inf]
mean_of_losses = [0.693147181, 0.828210484, 1.36779825, 804.25, 400.610047]
without_log_k = [0.0, -0.0616133912, -0.497197319, 800.996475, 399.773602]
mean_of_logits = [0.693147181, 0.581054528, 0.616726378, 804.25, 400.487038]
other_axis = [0.693147181, 0.633453973, 0.605579097, 801.668831, 1.41324203]
check(
    6,
    "judges_loss",
    cases=[
        (np.array([[0.0], [0.0]]), 0.693147181),
        (np.array([[1.0, -2.0, 0.5], [-1.0, 3.0, 0.0]]), 0.631533789),
        (np.array([[-2.0, 4.0], [0.0, 1.0], [3.0, -5.0]]), 0.601414969),
        (np.array([[-800.0, -810.0], [-805.0, -802.0]]), 801.689622),
        (np.array([[-800.0, 2.0], [-801.0, -1.0]]), 400.466749),
    ],
    mistakes={
        "The formula is right on paper. But sigmoid(-800) is 0 in a computer, and log 0 is minus infinity.": underflow,
        "Nearly: you take out the largest of the whole array. Each fake, a column, needs its own: axis=0.": one_largest,
        "This is the mean of the judges' losses. Asked for is the loss of their mean probability.": mean_of_losses,
        "It is a mean over the judges, not a sum: log K is missing.": without_log_k,
        "The mean is of the probabilities, not of the logits.": mean_of_logits,
        "Judges and fakes are exchanged: logits has one row a judge and one column a fake.": other_axis,
    },
    hint="First log_d = -softplus(-logits); then log-sum-exp over axis 0, minus log K; then "
    "minus the mean.",
)

# %% role="graded" grade_id="judges_loss" points=2
near = 2 * random.normal(size=(3, 5))
far = random.uniform(-900, -760, size=(4, 6))
mixed = np.concatenate([near, far[:3]], axis=1)
publish(near=judges_loss(near), far=judges_loss(far), mixed=judges_loss(mixed))

# %% [markdown]
# ## Softer labels
# On a real thing the gradient $D - 1$ never becomes 0: a discriminator that is right is told to be still more sure,
# and its logits grow without end. Salimans and others (2016) give it a **target** $t$ a little below 1, say 0.9. The
# loss of a real thing is the cross-entropy with this target,
#
# $$ -t \log D - (1 - t) \log(1 - D) = t\,\mathrm{softplus}(-l) + (1 - t)\,\mathrm{softplus}(l), $$
#
# and its gradient by the logit is $t (D - 1) + (1 - t) D = D - t$.
#
# **Three questions before you run.** With descent on the logit of one real thing, where is it after 200 steps with
# $t = 1$? With $t = 0.9$? And with $t = 1.1$, which is what some programs make when they add random noise to the
# labels?
#
# Fakes can be given a target $t_f$ above 0 as well. At a place with the share $r$ of real things the mean gradient
# is $r (D - t) + (1 - r)(D - t_f)$, and it is 0 for
#
# $$ D = r\,t + (1 - r)\,t_f = \frac{t\,p_{data} + t_f\,p_g}{p_{data} + p_g} . $$
#
# The third panel shows the logit of this best $D$ along the line, for data at 0 and fakes at 3, both with standard
# deviation 0.5. Recall that a generator is pulled by the *slope* of the logit where its fakes are. Which smoothing
# costs it the slope, that of the real targets or that of the fakes?

# %% role="spoiler"
targets = {"t = 1": 1.0, "t = 0.9": 0.9, "t = 1.1": 1.1}
paths = {name: [0.0] for name in targets}
for name, t in targets.items():
    for _ in range(200):
        paths[name].append(paths[name][-1] - (sigmoid(paths[name][-1]) - t))
print("t          after 200 steps   the last step alone")
for name, path in paths.items():
    print(f"{name:10} {path[-1]:15.3f} {path[-1] - path[-2]:21.3f}")
compare("t = 0.9 rests at log(t / (1 - t))", paths["t = 0.9"][-1], np.log(9), 1e-6)


def paid_with_targets(r, t=0.9, t_f=0.1):
    # what stands before log D; the rest stands before log(1 - D)
    says_real = r * t + (1 - r) * t_f
    return says_real * np.log(y) + (1 - says_real) * np.log(1 - y)


mean_targets = shares * 0.9 + (1 - shares) * 0.1
compare(
    "best D by search: r t + (1 - r) t_f", best_d(paid_with_targets), mean_targets, 1.01e-4
)

places = np.linspace(-2, 5, 701)
real, fake = normal(places, 0, 0.5), normal(places, 3, 0.5)
best_logits = {}
for name, t, t_f in (
    ("no smoothing", 1.0, 0.0),
    ("real 0.9, fake 0", 0.9, 0.0),
    ("real 0.9, fake 0.1", 0.9, 0.1),
):
    # D / (1 - D) as a quotient, so that nothing is rounded to 1
    odds = (t * real + t_f * fake) / ((1 - t) * real + (1 - t_f) * fake)
    best_logits[name] = np.log(odds)
    slope_at_3 = np.interp(3, places, np.gradient(best_logits[name], places))
    print(f"{name:18}: slope of the logit at 3 is {slope_at_3:7.3f}")

# %% role="spoiler" fold="Draw the three panels"
roles = {"t = 1": "neutral", "t = 0.9": "generator", "t = 1.1": "fake"}
losses_of_real = {
    name: t * softplus(-line) + (1 - t) * softplus(line) for name, t in targets.items()
}
figure, panels = plt.subplots(1, 3, figsize=(11, 3.4))
plots.line_curves(
    np.arange(201), paths, "One real thing", "step", "its logit", colours=roles, axes=panels[0]
)
panels[0].set(ylim=(0, 14))
plots.line_curves(
    line,
    losses_of_real,
    "Its loss",
    "logit",
    "loss on a real thing",
    colours=roles,
    axes=panels[1],
)
panels[1].axhline(0, color=plots.COLOURS["neutral"], linewidth=0.8, linestyle="-")
panels[1].set(xticks=range(-8, 9, 4))
smoothing_roles = dict(
    zip(best_logits, ("neutral", "generator", "discriminator"), strict=True)
)
plots.line_curves(
    places,
    best_logits,
    "The best logit on the line",
    "x (data at 0, fakes at 3)",
    "$l^*(x)$",
    colours=smoothing_roles,
    axes=panels[2],
)
plots.show(
    figure,
    alt="Three panels. First: the logit of one real thing over 200 steps: with target 1 it creeps "
    "up like a logarithm, with 0.9 it stops at 2.2, with 1.1 it leaves the picture in a straight "
    "line. Second: the losses; with target 1.1 it falls below zero and goes on falling, with 0.9 "
    "it has a lowest point. Third: the best logit along the line. Unsmoothed it is a falling "
    "straight line; with smoothed real targets it is level on the left only; with both smoothed "
    "it is level on both sides, also where the fakes are.",
)

# %% [markdown]
# With a target below 1 the logit comes to rest where $D = t$, at $l = \log \frac{t}{1 - t}$: for 0.9 at $\log 9 = 2.2$.
#
# A target **above 1** is a mistake: the loss has no lowest point, falls below 0 and goes on falling. The gradient
# $D - t$ never reaches 0, so the logit never rests: with $t = 1.1$ it ends up climbing by 0.1 in every step, for ever,
# while the curve of the loss looks like splendid progress. (`course_lib` refuses such targets.)
#
# Smoothing the **real** targets levels the logit off where the data are, and there it keeps $D$ from boasting. At
# the fakes the slope stays what it was, -12. Smoothing the **fakes'** targets levels it off where the fakes are:
# slope 0, and the generator stands still again. That is why the recipe is *one-sided*.
#
# ## Three more losses
# If $l$ need not become a probability, it can be anything with a tendency. Three other pairs are in wide use. Beside
# each is the gradient that we shall check.
#
# | loss | D on a real thing | gradient | D on a fake | gradient | G | gradient |
# |---|---|---|---|---|---|---|
# | logistic, minimax G | softplus$(-l)$ | $D - 1$ | softplus$(l)$ | $D$ | $-$softplus$(l)$ | $-D$ |
# | logistic, non-saturating G | the same | $D - 1$ | the same | $D$ | softplus$(-l)$ | $D - 1$ |
# | least squares | $\frac12 (l - 1)^2$ | $l - 1$ | $\frac12 l^2$ | $l$ | $\frac12 (l - 1)^2$ | $l - 1$ |
# | hinge | $\max(0, 1 - l)$ | $-1$ if $l < 1$, else 0 | $\max(0, 1 + l)$ | $1$ if $l > -1$, else 0 | $-l$ | $-1$ |
# | Wasserstein | $-l$ | $-1$ | $l$ | $1$ | $-l$ | $-1$ |
#
# *Least squares* (Mao and others, 2017) is a regression towards 1 and 0. *Hinge* (Lim and Ye, 2017) is content once
# a real thing is above 1 and a fake below -1, and then looks only at the others. *Wasserstein* (Arjovsky, Chintala
# and Bottou, 2017) simply drives the logits apart; its $D$ is called a **critic** and needs a limit on its slope
# (lesson 1), which the loss itself does not give. And the generator of the last two is our old friend $-l$, minimax
# and non-saturating together.
#
# The cell writes the table as functions, takes our batch through all of them, and checks all gradients by difference
# quotients. The batch has no logit at a corner of the hinge, where there is no derivative.

# %%
D_REAL = {  # each entry: the loss, and its gradient with respect to the logit
    "logistic": (lambda logit: softplus(-logit), lambda logit: sigmoid(logit) - 1),
    "least squares": (lambda logit: (logit - 1) ** 2 / 2, lambda logit: logit - 1),
    "hinge": (
        lambda logit: np.maximum(0, 1 - logit),
        lambda logit: np.where(logit < 1, -1.0, 0.0),
    ),
    "Wasserstein": (lambda logit: -logit, lambda logit: np.full_like(logit, -1)),
}
D_FAKE = {
    "logistic": (softplus, sigmoid),
    "least squares": (lambda logit: logit**2 / 2, lambda logit: logit),
    "hinge": (
        lambda logit: np.maximum(0, 1 + logit),
        lambda logit: np.where(logit > -1, 1.0, 0.0),
    ),
    "Wasserstein": (lambda logit: logit, np.ones_like),
}
G_FAKE = {
    "minimax": (lambda logit: -softplus(logit), lambda logit: -sigmoid(logit)),
    "non-saturating": (lambda logit: softplus(-logit), lambda logit: sigmoid(logit) - 1),
    "least squares": D_REAL["least squares"],
    "hinge, Wasserstein": D_REAL["Wasserstein"],
}
print("loss on our batch          D real    D fake   largest gradients")
for name in D_REAL:
    (on_real, by_real), (on_fake, by_fake) = D_REAL[name], D_FAKE[name]
    values = f"{on_real(real_logits).mean():9.4f} {on_fake(fake_logits).mean():9.4f}"
    gradients = [np.abs(g).max() for g in (by_real(real_logits), by_fake(fake_logits))]
    print(f"D, {name:22} {values} {gradients[0]:10.3f} {gradients[1]:8.3f}")
for name, (loss, gradient) in G_FAKE.items():
    forces = np.abs(gradient(fake_logits))
    print(f"G, {name:22} {'':9} {loss(fake_logits).mean():9.4f} {'':10} {forces.max():8.3f}")
for what, table, batch in (
    ("D on real things", D_REAL, real_logits),
    ("D on fakes", D_FAKE, fake_logits),
    ("G", G_FAKE, fake_logits),
):
    for name, (loss, gradient) in table.items():
        compare(f"{what}, {name}", slope(loss, batch), gradient(batch), 1e-8)

# %% fold="Draw the gradients of all losses"
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
styles = {
    "logistic": ("discriminator", "-"),
    "minimax": ("discriminator", "-"),
    "non-saturating": ("generator", (0, (5, 1, 1, 1))),
    "least squares": ("real", "--"),
    "hinge": ("fake", "-."),
    "Wasserstein": ("neutral", ":"),
    "hinge, Wasserstein": ("neutral", ":"),
}
for axes, table, title, dots, role in (
    (panels[0], D_REAL, "D, on a real thing", real_logits, "real"),
    (panels[1], D_FAKE, "D, on a fake", fake_logits, "fake"),
    (panels[2], G_FAKE, "G, on a fake", fake_logits, "fake"),
):
    for name, (_, gradient) in table.items():
        colour, style = styles[name]
        axes.plot(
            line, gradient(line), color=plots.COLOURS[colour], linestyle=style, label=name
        )
    axes.plot(dots, np.full(8, -2.9), "|", color=plots.COLOURS[role], markersize=9)
    axes.set(title=title, xlabel="logit", ylim=(-3, 3))
    axes.legend(loc="upper left", fontsize=8)
panels[0].set(ylabel="gradient with respect to the logit")
plots.show(
    figure,
    alt="Three panels with the gradient over the logit from minus 8 to 8, and the batch as ticks "
    "below. D on a real thing: the logistic one rises softly from minus 1 to 0, the hinge jumps "
    "from minus 1 to 0 at 1, Wasserstein is minus 1 everywhere, least squares is a straight line "
    "through 1. D on a fake: the logistic one rises softly from 0 to 1, the hinge jumps from 0 to 1 "
    "at minus 1, Wasserstein is 1 everywhere, least squares is a straight line through 0. "
    "G on a fake: minimax goes from 0 to minus 1, non-saturating from minus 1 to 0, Wasserstein and "
    "hinge are minus 1, least squares is a straight line that becomes positive above 1.",
)

# %% [markdown]
# Read the third panel as a generator: where the gradient is below zero, descent pushes the logit up. Least squares
# pulls the harder the worse a fake is, without limit, and *pushes back* fakes whose logit exceeds 1, the ones that
# convince $D$ most. Non-saturating lets go of the good ones. The straight line at -1 treats them all alike. And
# minimax is the only one that is silent on the left, where the ticks are.
#
# ### The library's copies, and Keras
# `course_lib.models.losses` has all of these, written with Keras's operations, so that TensorFlow can find their
# gradients by itself: its `GradientTape` records what is computed and applies the chain rule. Do they agree with our
# table, in value and in gradient? They compute in float32 and so are exact to about $10^{-7}$ of the size of what is
# added up; we allow 1e-5. Then we ask what Keras's own cross-entropy does with a fake that $D$ takes for real with
# logit 20, once with the logit and once with the probability. (The cell brings in TensorFlow, which takes some
# seconds.)

# %%
import keras
import tensorflow as tf

from course_lib.models import losses

PAIRS = {
    "minimax": ("logistic", "minimax"),
    "non_saturating": ("logistic", "non-saturating"),
    "least_squares": ("least squares", "least squares"),
    "hinge": ("hinge", "hinge, Wasserstein"),
    "wasserstein": ("Wasserstein", "hinge, Wasserstein"),
}
for name, (for_d, for_g) in PAIRS.items():
    game = losses.get(name)
    real, fake = (tf.constant(batch, tf.float32) for batch in (real_logits, fake_logits))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([real, fake])
        loss_d, loss_g = game.discriminator(real, fake), game.generator(fake)
    ours_d = D_REAL[for_d][0](real_logits).mean() + D_FAKE[for_d][0](fake_logits).mean()
    ours_g = G_FAKE[for_g][0](fake_logits).mean()
    compare(f"{name}: L_D", float(loss_d), ours_d, 1e-5)
    compare(f"{name}: L_G", float(loss_g), ours_g, 1e-5)
    for loss, logits, gradient in (
        (loss_d, real, D_REAL[for_d][1](real_logits)),
        (loss_d, fake, D_FAKE[for_d][1](fake_logits)),
        (loss_g, fake, G_FAKE[for_g][1](fake_logits)),
    ):
        # the loss is a mean over eight, so each logit has an eighth of the gradient
        assert np.allclose(tape.gradient(loss, logits), gradient / 8, atol=1e-5)
print("all gradients agree with GradientTape within 1e-05")

# %%
logit, target = tf.constant([[20.0]]), tf.constant([[0.0]])
answers_of_keras = []
print("a fake with logit 20: the loss should be 20, and its gradient D = 1")
for name, from_logits, prepare in (
    ("from_logits=True, given the logit", True, tf.identity),
    ("from_logits=False, given its sigmoid", False, tf.sigmoid),
    ("from_logits=True, given its sigmoid", True, tf.sigmoid),
):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=from_logits)
    with tf.GradientTape() as tape:
        tape.watch(logit)
        loss = cross_entropy(target, prepare(logit))
    answers_of_keras.append((float(loss), float(tape.gradient(loss, logit)[0, 0])))
    print(
        f"{name:37} loss {answers_of_keras[-1][0]:7.3f}   gradient {answers_of_keras[-1][1]:.2g}"
    )

# %% [markdown]
# The second line is the patch from the section on numbers: Keras does not let probabilities come closer to 1 than
# $10^{-7}$, so the loss ends at about 16 and the gradient is **0**. The third is a bug of its own, *sigmoid twice*:
# the loss takes the probability 1 for a logit of 1, and nothing can ever be surer than $\sigma(1) = 0.73$. No error
# message in either case. You will hunt for both in lessons 4 and 8. (If the probability comes straight from Keras's
# own sigmoid, Keras finds the logit again and quietly uses it. One operation in between, and that help is gone; do
# not rely on it.)

# %% [markdown]
# ## Exercise 7: predict where D comes to rest
# What does the best discriminator of each loss *know*? The logistic one's logit comes to rest at
# $\log p_{data} - \log p_g$: it knows the quotient of the densities. Predict it for the others, with general
# targets.
#
# At one place $x$ a share $r$ of the things is real, and the rest is fake, $0 < r < 1$. There is a number $t$ for
# real things and a smaller number $t_f$ for fakes, and the discriminator may choose its logit $l$ at this place
# freely. It pays on average
#
# - `"logistic"`:
#   $r \big( -t \log D - (1 - t) \log(1 - D) \big) + (1 - r) \big( -t_f \log D - (1 - t_f) \log(1 - D) \big)$, with
#   $0 \le t_f < t \le 1$;
# - `"least_squares"`: $\frac{r}{2} (l - t)^2 + \frac{1 - r}{2} (l - t_f)^2$;
# - `"hinge"`: $r \max(0, t - l) + (1 - r) \max(0, l - t_f)$, with $r \ne \frac12$.
#
# At which $l$ does it come to rest, where it pays least? Write
# `predict_rest(loss, share, real_target, fake_target)`, which returns that logit. For instance,
# `predict_rest("logistic", 0.5, 1.0, 0.0)` is 0. For the hinge, draw the two ramps for $r = 0.8$ and add them up: it
# is a matter of which slope wins.


# %% role="exercise" grade_id="predict_rest"
# Exercise 7
def predict_rest(loss, share, real_target, fake_target):
    """The logit at which "logistic", "least_squares" or "hinge" is least, for a share of real."""
    ### BEGIN SOLUTION
    mean = share * real_target + (1 - share) * fake_target
    if loss == "logistic":
        return np.log(mean / (1 - mean))
    if loss == "least_squares":
        return mean
    return real_target if share > 0.5 else fake_target
    ### END SOLUTION


# %% role="check" grade_id="predict_rest"
not_a_logit = [0.8, 0.72, 0.41, 0.8, -0.5, 1.0, -1.0, 0.5, -0.5]
averaged = [1.3862944, 0.94446161, -0.36396538, 0.8, -0.5, 0.6, -0.25, 0.875, -0.95]
minority = [1.3862944, 0.94446161, -0.36396538, 0.8, -0.5, -1.0, 2.0, 2.0, -2.0]
exchanged = [-1.3862944, -1.5163475, 0.8001193, 0.2, 0.5, -1.0, 2.0, 2.0, -2.0]
usual_targets = [1.3862944, 1.3862944, -0.84729786, 0.8, 0.25, 1.0, -1.0, -1.0, 1.0]
hinge_at_one = [1.3862944, 0.94446161, -0.36396538, 0.8, -0.5, 1.0, -1.0, -1.0, 1.0]
sign_of_mean = [1.3862944, 0.94446161, -0.36396538, 0.8, -0.5, 1.0, -1.0, 2.0, -2.0]
logit_of_share = [
    1.3862944,
    0.94446161,
    -0.36396538,
    1.3862944,
    -1.0986123,
    1.0,
    -1.0,
    0.5,
    -0.5,
]
checked_predict_rest = check(
    7,
    "predict_rest",
    cases=[
        (("logistic", 0.8, 1.0, 0.0), 1.3862944),  # log(0.8 / 0.2)
        (("logistic", 0.8, 0.9, 0.0), 0.94446161),
        (("logistic", 0.3, 0.9, 0.2), -0.36396538),
        (("least_squares", 0.8, 1.0, 0.0), 0.8),
        (("least_squares", 0.25, 1.0, -1.0), -0.5),
        (("hinge", 0.8, 1.0, -1.0), 1.0),
        (("hinge", 0.25, 2.0, -1.0), -1.0),
        (("hinge", 0.25, 2.0, 0.5), 0.5),
        (("hinge", 0.7, -0.5, -2.0), -0.5),
    ],
    mistakes={
        "For the logistic loss this is D. Asked for is its logit, log(D / (1 - D)).": not_a_logit,
        "The hinge does not average. Between the targets the ramps have the slopes -r and 1 - r: where is the sum "
        "lowest?": averaged,
        "Right but for the hinge, which goes to the wrong end: the majority decides.": minority,
        "Real and fake are exchanged: share is the share of the real.": exchanged,
        "Right for the usual targets only, 1 and 0 (the hinge: 1 and -1).": usual_targets,
        "Nearly: the hinge rests at its targets, whatever they are, and they need not be 1 and -1.": hinge_at_one,
        "Nearly: for the hinge only the shares decide which target wins, not how large the targets are.": sign_of_mean,
        "Least squares has no sigmoid: its l itself comes to rest at the mean target, not at a logit.": logit_of_share,
    },
    hint="Set the derivative by l to zero; the gradients for targets are D - t and l - t. For "
    "the hinge look at the slopes: it rests at one of its targets, which need not be 1 or -1.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="predict_rest" points=2
values = []
for low, high, shift in ((0.1, 0.4, 0), (0.6, 0.9, -2)):
    share = random.uniform(low, high, size=4)
    t, t_f = random.uniform(0.7, 0.95), random.uniform(0.05, 0.3)
    values.append(predict_rest("logistic", share[0], t, t_f))
    values.append(predict_rest("least_squares", share[1], 1 + t, -t_f))
    values.append(predict_rest("hinge", share[2], 1 + t, -2 + t_f))
    # both targets on the side of the minority
    values.append(predict_rest("hinge", share[3], 1 + t + shift, t_f + shift))
publish(values=values)

# %% [markdown]
# When you have your prediction, look: the next cell takes a logit for each of 48 places with shares from 0.02 to
# 0.98, and lets all of them walk downhill from 0, for each of the four losses, with the usual targets. The dots are
# where they have arrived, the line is `checked_predict_rest`: your prediction, if the check said so. (The output is
# not shown beforehand.)

# %% role="spoiler"
USUAL = {"logistic": (1.0, 0.0), "least squares": (1.0, 0.0), "hinge": (1.0, -1.0)}


def rest(name, shares):
    """Where a logit should come to rest with the usual targets, for each share of the real."""
    loss = name.replace(" ", "_")
    return np.array(
        [checked_predict_rest(loss, share, *USUAL[name]) for share in shares], float
    )


places_r = np.linspace(0.02, 0.98, 48)
arrived = {}
for name, steps, size in (
    ("logistic", 20_000, 0.5),
    ("least squares", 5_000, 0.01),
    ("hinge", 5_000, 0.01),
    ("Wasserstein", 5_000, 0.01),
):
    logit = np.zeros_like(places_r)
    for _ in range(steps):
        by_real, by_fake = D_REAL[name][1](logit), D_FAKE[name][1](logit)
        logit = logit - size * (places_r * by_real + (1 - places_r) * by_fake)
    arrived[name] = logit
    if name in USUAL:
        distance = np.abs(logit - rest(name, places_r)).max()
        print(f"{name:14}: furthest from the prediction by {distance:.4f}")
    else:
        print(f"{name:14}: still running after 5,000 steps of 0.01, up to {logit.max():.1f}")

# %% role="spoiler" fold="Draw where the logits have arrived"
figure, panels = plt.subplots(1, 4, figsize=(11, 3))
for axes, (name, logit) in zip(panels, arrived.items(), strict=True):
    colour = plots.COLOURS["discriminator"]
    axes.plot(places_r, logit, "o", color=colour, markersize=4, label="after descent")
    if name in USUAL:
        colour = plots.COLOURS["neutral"]
        axes.plot(places_r, rest(name, places_r), "-", color=colour, label="predicted")
    axes.set(title=name, xlabel="share of the real, r")
panels[0].set(ylabel="logit")
panels[0].legend(loc="upper left", fontsize=8)
plots.show(
    figure,
    alt="Four panels with the logit over the share of the real; in three the dots lie on the "
    "predicted line. Logistic: it rises from minus 4 to 4, steepest at both ends. Least squares: the "
    "diagonal from 0 to 1. Hinge: minus 1 up to one half, then 1. Wasserstein, without a "
    "prediction: a straight line from minus 48 to 48.",
)

# %% [markdown]
# (The steps of the hinge have length 0.01 times the difference of the shares, and near its corners it walks to and
# fro, so it stops within a hundredth of the corner. The logistic logit needs many steps at both ends, where the ground
# is nearly level.)
#
# Four answers to one question. The **logistic** discriminator knows the quotient of the densities, **least squares**
# knows $D$ itself, the share, without needing a sigmoid. The **hinge** knows only who is in the majority: 1 or -1,
# and its slope between is whatever the network makes of it. The **Wasserstein** critic, left alone, comes to rest
# nowhere: it wants the largest possible difference, so its slope must be limited from outside.
#
# ## Found again by training
# That was theory with one free logit for each place. Does it hold for a discriminator that learns from *samples*?
# Ours has 41 weights: $l(x) = \sum_j \phi_j b_j(x)$, where the $b_j$ are 41 bumps side by side on the line. It has
# one layer, so we need no library: the chain rule says that the gradient by the weights is the gradients by the
# logits, the ones in our table, times the bumps:
#
# $$ \frac{\partial L_D}{\partial \phi_j} = \frac1n \sum_i \frac{dL}{dl_i}\, b_j(x_i) . $$
#
# All that differs between the four runs is the table's entry. Steps are chosen by Adam, which divides each weight's
# gradient by its usual size, and get smaller towards the end.

# %%
random = np.random.default_rng(seed=3)
COUNT = 4_000
real_numbers, fake_numbers = random.normal(-1, 0.9, COUNT), random.normal(1, 0.9, COUNT)


def bumps(numbers):
    """Shape (len(numbers), 41): how close each number is to each of 41 centres."""
    return np.exp(-(((numbers[:, None] - np.linspace(-5, 5, 41)) / 0.4) ** 2))


def train(name, steps=600, learning_rate=0.05):
    """The weights after training with one loss, and L_D on the way."""
    on_real, on_fake = bumps(real_numbers), bumps(fake_numbers)
    weights, mean, mean_square = np.zeros((3, 41))
    history = []
    for step in range(1, steps + 1):
        l_real, l_fake = on_real @ weights, on_fake @ weights
        history.append(D_REAL[name][0](l_real).mean() + D_FAKE[name][0](l_fake).mean())
        gradient = on_real.T @ D_REAL[name][1](l_real) + on_fake.T @ D_FAKE[name][1](l_fake)
        gradient /= COUNT
        mean = 0.9 * mean + 0.1 * gradient
        mean_square = 0.99 * mean_square + 0.01 * gradient**2
        size = np.sqrt(mean_square / (1 - 0.99**step)) + 1e-8
        rate = learning_rate * (1 - step / steps)
        weights = weights - rate * (mean / (1 - 0.9**step)) / size
    return weights, np.array(history)


trained = {name: train(name) for name in D_REAL}

# %%
places = np.linspace(-3, 3, 120)
p_data, p_g = normal(places, -1, 0.9), normal(places, 1, 0.9)
share_of_real = p_data / (p_data + p_g)
theory = {name: rest(name, share_of_real) for name in USUAL}  # your predictions once more
learned = {name: bumps(places) @ weights for name, (weights, _) in trained.items()}

middle = np.abs(places) <= 2
d_error = np.abs(sigmoid(learned["logistic"]) - share_of_real)[middle].max()
squares_error = np.abs(learned["least squares"] - theory["least squares"])[middle].max()
away = middle & (np.abs(places) > 0.5)
hinge_error = np.abs(learned["hinge"] - theory["hinge"])[away].max()
print(f"logistic: D, and the share of the real, differ by at most {d_error:.3f}")
print(f"least squares: l, and your prediction, by at most {squares_error:.3f}")
print(f"hinge: the same by at most {hinge_error:.3f} (further than 0.5 from the edge)")
lowest = trained["Wasserstein"][1][-1]
print(f"Wasserstein: L_D = {lowest:.1f} at the end, and no floor in sight")
assert d_error < 0.06 and squares_error < 0.06

# %% fold="Draw what the four discriminators have learned"
figure, panels = plt.subplots(1, 4, figsize=(11, 3))
purple, grey = plots.COLOURS["discriminator"], plots.COLOURS["neutral"]
for axes, (name, curve) in zip(panels, theory.items(), strict=False):
    axes.plot(places, curve, color=grey, linestyle=":", label="predicted")
    axes.plot(places, learned[name], color=purple, linestyle="-", label="trained")
    axes.set(title=name, xlabel="x (data at -1, fakes at 1)")
    axes.legend(fontsize=8)
panels[0].set(ylabel="logit")
steps = np.arange(600)
for (name, (_, history)), style in zip(trained.items(), plots.STYLES, strict=False):
    colour = plots.COLOURS[styles[name][0]]
    panels[3].plot(steps, history, color=colour, linestyle=style, label=name)
panels[3].set(title="$L_D$ in training", xlabel="step", ylim=(-20, 4))
panels[3].legend(fontsize=8)
plots.show(
    figure,
    alt="Four panels. Logistic: the trained logit follows a falling straight line. Least squares: "
    "it follows an S from 1 to 0. Hinge: it goes from 1 to minus 1 in a soft step at zero, and "
    "at both ends of the line further away from zero. Last, the discriminator losses over 600 "
    "steps: three become level, the Wasserstein loss falls out of the picture.",
)

# %% [markdown]
# Theory and training agree to a tenth or better, which is about what 4,000 samples let one expect. (The hinge leaves
# the theory at both ends. What is beyond its margin costs nothing, so there the logit may be anything above 1 or
# below -1.) So **a logit means nothing without its loss**. A logit of 1 is "73 to 27" for the logistic loss,
# "certainly real" for least squares, "more likely real than not" for the hinge, and nothing at all for a critic.
#
# ## Play: a batch under every loss
# Move the batch and change the loss (you need a running kernel; without one you see the picture as it starts). The
# arrows show where descent with learning rate 1 pushes each logit: the blue and the orange ones in the
# discriminator's step, and below them the green ones in the generator's. Predict before you move:
#
# 1. Pull the fakes down to -6 with the non-saturating loss, and then choose minimax. What do the green arrows do?
# 2. Hinge: make $D$ better and better, real things up, fakes down. When do the discriminator's arrows vanish?
# 3. Least squares: push the fakes up to 3. Which way do the green arrows point, and why?

# %%
from course_lib.panels.batch_under_loss import BatchUnderLoss

panel = BatchUnderLoss()
panel.show()

# %% [markdown]
# <details><summary>What to see</summary>
#
# 1. With the non-saturating loss the green arrows are nearly one unit long, since $1 - D$ is nearly 1. With minimax
#    they are too short to be seen: the mean size of the gradient falls from 0.99 to less than a hundredth, and half
#    of that comes from the best fake.
# 2. As soon as every real thing is above 1 and every fake below -1: with spread 1.5 at means beyond 3.3 and -3.3.
#    The discriminator has nothing more to learn from this batch, but the generator's arrows keep their full length.
# 3. To the left for all fakes above 1, to the right for the one below: all arrows end exactly at 1, the target, since
#    a step of $l - 1$ leads from $l$ to 1. Fakes that convince $D$ more than a real thing should are pushed back.
#
# </details>

# %% [markdown]
# ## Which one?
# There is no winner. Lucic and others (2018) trained seven kinds of GAN with equal budgets for the search of their
# settings, and found no evidence that any of them is consistently better than the non-saturating one: settings and
# luck matter more than the loss. What one can say:
#
# | loss | take it | mind |
# |---|---|---|
# | non-saturating | as the default; $D$ is a probability | a very good $D$ pulls in jerks (lesson 9) |
# | minimax | to prove theorems | saturates |
# | least squares | to pull bad fakes hard (the worst with 8.4, not 1) | one can rule a batch; pushes the best back |
# | hinge | with spectral normalisation (lesson 9), for large networks (Miyato 2018) | the logit is no probability |
# | Wasserstein | with a limit on the critic's slope | without it nothing converges, and $L_D$ means nothing |
#
# ## Exercise 8: design
# No points, and many right answers. Invent a loss for the generator. Write `my_generator_loss(fake_logits)`, which
# returns an array with the loss of **each** fake (no mean). It has to
#
# 1. never rise with the logit: no fake is pushed back;
# 2. pull when $D$ wins: from logit -10 down to -100 the slope is at least 0.1 in size;
# 3. keep calm: the slope is nowhere larger than 10 in size, and the loss is finite even for logits of 10,000 and
#    -10,000;
# 4. let go of good fakes: at logit 6 the slope is less than half of that at -6;
# 5. be yours: not the non-saturating loss, nor a multiple of it.
#
# Then think about what your generator will do differently.


# %% role="exercise" grade_id="my_generator_loss"
# Exercise 8
def my_generator_loss(fake_logits):
    """A loss for each fake, an array like fake_logits."""
    ### BEGIN SOLUTION
    # a hyperbola: slope -2 on the left, 0 on the right
    return np.sqrt(1 + fake_logits**2) - fake_logits
    ### END SOLUTION


# %% role="check" grade_id="my_generator_loss"
def shape_of_loss(loss):
    near, far = np.linspace(-50, 50, 200_001), np.geomspace(50.5, 1e4, 500)
    grid = np.concatenate([-far[::-1], near, far])
    values = np.asarray(loss(grid.copy()), dtype=float)
    if values.shape != grid.shape:
        return f"One loss for each fake: the shape should be {grid.shape}, it is {values.shape}. Leave out the mean."
    if not np.isfinite(values).all():
        return "For some logits the loss is inf or nan; think of the section on numbers."
    # from each logit to the next, so that no jump hides between two of them
    slopes = np.diff(values) / np.diff(grid)
    between = (grid[1:] + grid[:-1]) / 2

    def slope_at(logit):
        return slopes[np.argmin(np.abs(between - logit))]

    if slopes.max() > 1e-6:
        where = between[np.argmax(slopes)]
        return f"At logit {where:.1f} your loss rises: descent pushes such a fake back."
    if np.abs(slopes).max() > 10:
        where = between[np.argmin(slopes)]
        if (slopes < -10).sum() <= 3:
            return f"At logit {where:.1f} your loss jumps. A jump has no slope, and no fake is pulled over it."
        return f"At logit {where:.1f} the slope is {slopes.min():.3g}: a single fake like that would rule the batch."
    wins = (between > -100) & (between < -10)
    if slopes[wins].max() > -0.1:
        where = between[wins][slopes[wins].argmax()]
        seen = f"At logit {where:.0f} the slope is {slopes[wins].max():.3g}"
        return f"{seen}: when D wins, the generator hears next to nothing."
    if slope_at(6) < slope_at(-6) / 2:
        seen = f"The slope is {slope_at(-6):.3g} at -6 and {slope_at(6):.3g} at 6"
        return f"{seen}: good fakes are pulled as hard as bad ones, or nearly."
    known, yours = (
        np.stack([np.logaddexp(0, -near), np.ones_like(near)], axis=1),
        values[500:-500],
    )
    fit = known @ np.linalg.lstsq(known, yours, rcond=None)[0]
    if np.abs(fit - yours).max() < 1e-3 * np.ptp(yours):
        return "It does all that, but it is the non-saturating loss, or a multiple of it. Find another one."
    print(
        f"slopes: {slope_at(-10):.3g} at -10, {slope_at(0):.3g} at 0, {slope_at(6):.3g} at 6"
    )
    return None


checked_my_generator_loss = check_that(
    8, "my_generator_loss", shape_of_loss, otherwise=OUR_ANSWER
)

# %% [markdown]
# Now let your loss play, in the game of the generator that stands still: from $\theta = 3$ against the best
# discriminator, beside the two losses of exercise 1. Its gradient comes from difference quotients. So that nobody wins
# by shouting, the learning rate is divided by the largest slope. (The output is not shown beforehand.) Does your
# generator arrive? Where is yours stronger than the non-saturating loss, and where does it let go?


# %% role="spoiler" fold="Let your loss play, and draw it"
def your_loss(logits):
    return np.asarray(checked_my_generator_loss(logits), dtype=float)


def your_gradient(logits):
    return slope(your_loss, logits) / len(logits)


wide = np.linspace(-50, 50, 1_001)
loudest = np.abs(slope(your_loss, wide)).max()
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
for name, role, style, gradient, largest in (
    ("minimax", "neutral", "--", GRADIENTS["minimax"], 1.0),
    ("non-saturating", "generator", "-", GRADIENTS["non-saturating"], 1.0),
    ("yours", "discriminator", "-.", your_gradient, loudest),
):
    look = {"color": plots.COLOURS[role], "linestyle": style, "label": name}
    pull = np.abs(np.asarray(gradient(line))) * len(line) / largest
    left.plot(line, pull, **look)
    way = play(gradient, 3.0, 60, learning_rate=0.05 / largest)
    right.plot(way, **look)
    print(f"{name:14}: theta is {way[20]:.3f} after 20 steps and {way[60]:.3f} after 60")
left.set(title="How hard each pulls", xlabel="logit of a fake", ylabel="gradient / largest")
right.set(title="From 3 to the data at 0", xlabel="step", ylabel=r"$\theta$")
for axes in (left, right):
    axes.legend(fontsize=8)
plots.show(
    figure,
    alt="Left: the size of three gradients over the logit of a fake, each divided by its largest. "
    "Right: theta over 60 steps from 3, for minimax, which hardly moves, for the non-saturating "
    "loss, which falls to 0, and for your own loss.",
)

# %% [markdown]
# ## What we saw
# - What moves a network is the gradient by the logit. Four of them carry the logistic game: $D - 1$, $D$, $-D$,
#   $D - 1$.
# - Minimax pulls with $D$, which is 0 where $D$ wins; non-saturating with $1 - D$. They agree about the goal and
#   differ in force by $e^{-l}$. Together they are $-l$. (Second reading: against the best $D$, the first makes
#   $2\,\mathrm{JS}$ smaller, the second $\mathrm{KL}(p_g\,\|\,p_{data}) - 2\,\mathrm{JS}$.)
# - A sign, a logarithm, an indicator, a term twice: each makes another game, and some of them seem to work.
# - In float32 $D$ is exactly 1 from logit 16.6 on. Never form it: softplus by log-sum-exp and `log1p`, losses from
#   logits.
# - Smooth real labels only, never above 1.
# - The best logit is $\log (p_{data}/p_g)$ for the logistic loss, the share of the real for least squares, $\pm 1$
#   for the hinge, and nowhere for Wasserstein without a limit.
#
# ## Quiz
#
# <details><summary>1. A fake has D(G(z)) = 0.01. How hard do minimax and the non-saturating loss pull at its
# logit?</summary>
# 0.01 and 0.99. The quotient is (1 - D)/D = 99, which is e to the power of minus the logit.</details>
#
# <details><summary>2. A loss that should be cross-entropy has become negative during training. What may have
# happened?</summary>
# Minus the logarithm of a probability is never negative. So either some target is above 1 (label noise), or a
# logarithm is missing, or the sign of a term is turned round, or what you see is minimax's L_G, or a critic's loss,
# for which negative values are normal.</details>
#
# <details><summary>3. A colleague cures nan in a loss by log(D + 1e-7). What is the price?</summary>
# The loss cannot exceed 16.1, and where D is far below 1e-7 its gradient by the logit, D(1 - D)/(D + 1e-7) in size,
# fades to 0: the worst mistakes are not corrected. Small losses are still rounded away on the other side. Computing
# from logits costs nothing and has no such price.</details>
#
# <details><summary>4. A discriminator trained with least squares (targets 1 and 0) says l(x) = 0.75. How many times
# more frequent are real things than fakes at x, if it is the best one?</summary>
# l is the share of the real, so it is 3 to 1. The logistic logit there would be log 3 = 1.1, the hinge's
# 1.</details>
#
# <details><summary>5. Why smooth the real labels and not the fakes'?</summary>
# With a fake target of 0.1 the best D is at least 0.1 everywhere. Where there are only fakes its logit is level, at
# log(0.1/0.9), so the generator has no slope to follow there. With smoothed real labels only, the level part is
# where the data are.</details>
#
# ## Where next
# Lesson 4 puts a loss to work: a first GAN that draws garments, with the training loop written in three ways, and
# with bugs to hunt. Lesson 9 adds what the Wasserstein and hinge losses need, a limit on the slope.
#
# ## References
# - I. Goodfellow and others, *Generative adversarial nets*, NeurIPS 2014. Section 3: both generator losses, in the
#   same paragraph.
# - I. Goodfellow, *NIPS 2016 tutorial: generative adversarial networks*, arXiv:1701.00160. Section 3.2 compares the
#   generator's losses, section 4.2 is about one-sided label smoothing.
# - M. Arjovsky, L. Bottou, *Towards principled methods for training generative adversarial networks*, ICLR 2017.
#   Section 2.2: theorem 2.5 is the one we checked.
# - T. Salimans and others, *Improved techniques for training GANs*, NeurIPS 2016. Section 3.4: one-sided label
#   smoothing.
# - X. Mao and others, *Least squares generative adversarial networks*, ICCV 2017. Section 3.
# - J. H. Lim, J. C. Ye, *Geometric GAN*, arXiv:1705.02894, 2017. The hinge loss.
# - T. Miyato and others, *Spectral normalization for generative adversarial networks*, ICLR 2018. The hinge loss at
#   work.
# - M. Arjovsky, S. Chintala, L. Bottou, *Wasserstein generative adversarial networks*, ICML 2017. Section 3.
# - I. Durugkar, I. Gemp, S. Mahadevan, *Generative multi-adversarial networks*, ICLR 2017. Many judges (exercise 6).
# - A. Shrivastava and others, *Learning from simulated and unsupervised images through adversarial training*, CVPR
#   2017. The buffer of old fakes (exercise 5).
# - M. Lucic and others, *Are GANs created equal? A large-scale study*, NeurIPS 2018. No loss wins throughout.
# - P. Blanchard, D. J. Higham, N. J. Higham, *Accurately computing the log-sum-exp and softmax functions*, IMA
#   Journal of Numerical Analysis 41(4), 2021. Why the trick is as exact as can be.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** The time in the first cell is that of a student alone, in two sittings: up to the good place to stop, the
# two losses, their gradients and exercise 1 take 30 minutes, the two generators far from the data 10, the misprints
# (exercises 2 to 5, ten minutes each at most, or share them out among four groups) 35; after it, numbers and exercise
# 6 take 25, smoothing, the other losses and exercise 7 30, panel and exercise 8 10, or make a good homework. With 60
# minutes, leave out the second reading, and let each student repair two misprints only.
#
# **Usual misconceptions.**
#
# - "Minimax and non-saturating have different optima." Not for the game's end; but on the way they minimise
#   different things.
# - "The loss with the larger value is the worse one." Values of different losses cannot be compared. Ask for the
#   slope.
# - "D = 0 means a gradient of 0." For minimax; for the non-saturating loss it means a gradient of 1. In exercise 1
#   the chain rule by D instead of l (1/(1 - D) without D (1 - D)) is the most frequent slip.
# - "nan comes from exp overflowing." In float32 the rounding of 1 - D to 0 comes at 16.6, long before 88.7.
# - "A small epsilon cures it." It cures the inf, not the gradient.
# - In exercise 4 many add a small number inside the logarithm and keep the indicator. Ask for the derivative of a
#   step.
# - In exercise 5 many divide the fakes' two means by 2. Right only for equal numbers; the check says so.
# - In exercise 7 many average the hinge. Let them draw it for r = 0.8.
#
# **Ask.**
#
# - "Which fakes does a least squares generator care about most?" (The worst, and without limit; it also pushes back
#   those beyond 1.)
# - "Why is $-l$ the sum of the two?" (log(1 - D) - log D is minus the log-odds.)
# - "Could one smooth the generator's target too?" (Then G wants D = 0.9 and pushes the best fakes back.)
# - "Misprint 4 with the real term twice?" (The mirror image: $2r/(1 + r)$, 2/3 at the end.)
