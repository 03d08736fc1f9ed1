# %% [markdown]
# # 10. Other roads: VAE and flow
# A GAN learns to draw from a judge. It never says how likely a picture is, and it cannot tell which latent a given
# picture comes from. Two other families start from exactly these questions. A **variational autoencoder** (VAE)
# learns an encoder and a decoder together, by raising a bound on the likelihood of the data. A **flow** learns a
# velocity field that carries noise to pictures. You derive both, check each formula by numbers, train both, break
# one on purpose, and at the end send all three down the road for the same processor time and read the table.
#
# **You will be able to**
#
# - derive the evidence lower bound, say what its gap is, and confirm it by quadrature;
# - choose between two estimators of a gradient through chance, and measure what the choice is worth;
# - repair a VAE's loss, and predict from the data's spectrum which latents will fall asleep, and why it blurs;
# - write the velocity that flow matching learns, and say what a perfect fit to the training set would draw;
# - say what GAN, VAE and flow each optimise, which questions each can answer, and choose.
#
# **Time:** {minutes} minutes, seven exercises included. All cells together run in under three minutes. **Assumed:**
# Python and NumPy, a first Keras course, expectations and Gaussian densities. Kullback-Leibler divergence as in
# lesson 1; scores as in lesson 7. Everything else is explained.
#
# **Notation.** Data $x \sim p_{data}$, latent $z \sim p_z = N(0, I)$ as before. The decoder has the parameters
# $\theta$, the encoder $\phi$. $N(y; m, v)$ is the Gaussian density with mean $m$ and *variance* $v$. Logarithms are
# natural, and what they measure is counted in **nats**; $\log 2$ nats are one bit.

# %% role="setup"
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from course_lib.checks import check, check_that


def log_normal(y, mean, variance):
    """log N(y; mean, variance), elementwise."""
    return -0.5 * np.log(2 * np.pi * variance) - (y - mean) ** 2 / (2 * variance)


# %% [markdown]
# ## Where we are going
# Four rows of twelve garments. One row is real; the others were drawn by a GAN, a VAE and a flow, each trained
# beforehand by a script in the repository.

# %% fold="Show four rows of garments"
import matplotlib.pyplot as plt

from course_lib import datasets, device, plots
from course_lib.models import pretrained as pretrained_gan
from course_lib.models.roads import pretrained as pretrained_roads
from course_lib.models.sampling import generate

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
plots.use_course_style()
garments = datasets.load("fashion_mnist")
vae_16, picture_flow = pretrained_roads.vae(16), pretrained_roads.flow()
latents = np.random.default_rng(5).standard_normal((12, 64), dtype="float32")
rows = {
    "the flow": picture_flow.sample(12, steps=20, seed=3),
    "real": garments.images_test[100:112],
    "the VAE": vae_16.sample(12, seed=3),
    "the GAN": generate(pretrained_gan.generator(), latents),
}


def picture_rows(rows, labels, title):
    """A figure of equally long rows of pictures, each row with its label."""
    figure, axes = plt.subplots(figsize=(7.0, 0.56 * len(rows) + 0.45))
    stacked = np.clip(np.concatenate(rows), -1, 1)
    axes.imshow(
        plots.tile(stacked, columns=len(rows[0])), cmap="gray", interpolation="nearest"
    )
    axes.set_yticks(14 + 30 * np.arange(len(rows)), labels)
    axes.set(title=title, xticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return figure


plots.show(
    picture_rows(list(rows.values()), "ABCD", "Which row is which?"),
    alt="Four rows of twelve small grey pictures of garments, labelled A to D. Row C is soft, as if out of focus; in "
    "the others one sees edges and patterns, and here and there a shape that is no garment.",
)

# %% [markdown]
# **Predict first.** Which row is which? Write down four letters, and what gave each away.

# %% role="spoiler"
print(dict(zip("ABCD", rows, strict=True)))

# %% [markdown]
# The soft row gives itself away. Why it is soft is one of the questions of this lesson, and the answer is not
# "because it is a VAE".
#
# ## A model with a latent variable
# Suppose the world works like this: a latent $z$ is drawn from $N(0, 1)$, and we see $x = z^2$ with some noise on
# it. That is a whole probability model, a *decoder* with a stated noise:
#
# $$ p(z) = N(z; 0, 1), \qquad p(x \mid z) = N(x; z^2, s^2), \qquad p(x) = \int p(z)\, p(x \mid z)\, dz . $$
#
# The last number is called the **evidence**: how likely the model finds what we saw. To fit a model by maximum
# likelihood is to raise the mean of $\log p(x)$ over the data. And the **posterior** $p(z \mid x) = p(z)\, p(x \mid
# z) / p(x)$ says where an $x$ may have come from. A GAN has neither: its generator puts no noise on $x$
# and has fewer latents than a picture has pixels, so almost every picture has the density 0.
#
# In one dimension both are a sum over a fine grid (*quadrature*). In 16 dimensions no grid is fine enough. There one
# could draw $z$ from the prior and average $p(x \mid z)$; the cell shows how well that goes in *one* dimension.

# %% tags=["nbval-check-output"]
grid = np.linspace(-8, 8, 8001)
width = grid[1] - grid[0]
seen, s = 1.5, 0.4
log_joint = log_normal(grid, 0, 1) + log_normal(seen, grid**2, s**2)  # log p(z) + log p(x | z)
evidence = math.log(np.sum(np.exp(log_joint)) * width)
log_posterior = log_joint - evidence
print(f"log p(x) by quadrature: {evidence:.5f}")

random = np.random.default_rng(0)
for draws in (10, 100, 1000):
    z = random.normal(size=(2000, draws))
    estimates = np.logaddexp.reduce(log_normal(seen, z**2, s**2), axis=1) - math.log(draws)
    print(
        f"from {draws:4} draws: {estimates.mean():.3f} on average, spread {estimates.std():.3f}"
    )

# %% [markdown]
# The log of an average is too low on average (the logarithm is concave), and in more dimensions hardly any draw hits
# a place where $p(x \mid z)$ is not tiny. One should draw where the posterior is. But the posterior is what we do
# not know.
#
# ## The bound
# So take *any* density $q(z)$ that one can draw from. Since $p(x, z) = p(z \mid x)\, p(x)$, for every $z$
#
# $$ \log p(x) = \log \frac{p(x, z)}{q(z)} + \log \frac{q(z)}{p(z \mid x)} . $$
#
# The left side does not contain $z$. Average both sides over $z \sim q$:
#
# $$ \log p(x) = \underbrace{E_q\big[\log p(x, z) - \log q(z)\big]}_{\text{ELBO}(q)}
#    + \underbrace{E_q\big[\log q(z) - \log p(z \mid x)\big]}_{\mathrm{KL}(q \,\|\, p(z \mid x)) \;\ge\; 0} . $$
#
# The first term is the **evidence lower bound**: it needs only $p(x, z)$ and $q$, both known. The second, the gap,
# is how far $q$ is from the posterior. To raise the ELBO over $q$ is to approach the posterior; to raise it over the
# model's parameters is to raise a bound on the likelihood. Two goals, one number. (Jordan and others, 1999; Kingma
# and Welling, 2014.)
#
# **Predict first.** Our $x = 1.5$ came from $z \approx 1.2$ or from $z \approx -1.2$, equally likely. Let $q$ be a
# Gaussian that sits on one of the two. Its best gap is not 0. What is it, about? (Think of $\log q - \log p$ where
# $q$ is.)

# %% role="spoiler" fold="Compute evidence, bound and gap for four q, and draw them"
trials = {
    "one narrow hill": (1.15, 0.17),
    "shifted": (1.0, 0.25),
    "wide": (0.0, 1.0),
    "between": (0.0, 0.5),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.4))
left.plot(grid, np.exp(log_posterior), color=plots.COLOURS["real"], label="posterior")
styles = zip(
    trials.items(),
    ("generator", "discriminator", "fake", "neutral"),
    plots.STYLES[1:],
    strict=True,
)
print("q                      ELBO       gap      KL(q, posterior)")
for place, ((name, (m, deviation)), role, style) in enumerate(styles):
    log_q = log_normal(grid, m, deviation**2)
    q = np.exp(log_q)
    bound = np.sum(q * (log_joint - log_q)) * width
    divergence = np.sum(q * (log_q - log_posterior)) * width
    print(f"{name:18} {bound:9.5f} {evidence - bound:9.5f} {divergence:12.5f}")
    assert abs(evidence - bound - divergence) < 1e-6
    left.plot(grid, q, color=plots.COLOURS[role], linestyle=style, label=name)
    right.plot([place, place], [bound, evidence], color=plots.COLOURS[role], linestyle=style)
    right.plot(place, bound, plots.MARKERS[role], color=plots.COLOURS[role])
right.axhline(evidence, color=plots.COLOURS["real"], linewidth=1)
right.set_xticks(range(4), [name.replace(" ", "\n") for name in trials])
right.set(title="Bounds below the evidence (the line)", ylabel="nats", xlim=(-0.5, 3.5))
left.set(title="The posterior, and four $q$", xlabel="$z$", ylabel="density", xlim=(-3, 3))
left.legend(fontsize=8)
plots.show(
    figure,
    alt="Left, a posterior with two equal hills at plus and minus 1.2, and four Gaussians: one on a hill, one beside "
    "it, one wide, one narrow in the valley. Right, their bounds: that on the hill lies 0.7 below the evidence, the "
    "shifted one a little lower, that in the valley 4 below, and the wide one 5.",
)
print(f"log 2 = {math.log(2):.5f}")

# %% [markdown]
# On its hill $q$ is about the posterior's *shape*, but the posterior has only half of its mass there: $q \approx 2
# p$, and the gap is $\log 2$. The divergence punishes $q$ for mass where the posterior has none, not for what it
# leaves out: hence one hill, and neither "wide" nor "between". (The tolerance: both sides are sums over the same
# grid, and agree but for the tails that it cuts off.)
#
# Written the other way round, the ELBO has the two terms that a program computes,
#
# $$ \text{ELBO}(q) = E_q\big[\log p(x \mid z)\big] - \mathrm{KL}\big(q \,\|\, p_z\big) : $$
#
# draw $x$ well from where $q$ points, and do not point too precisely. The second term is a toll, in nats, for what
# $q$ knows about $x$.
#
# ## Exercise 1: a bound by hand
# Let the decoder be a line, $p(x \mid z) = N(x; w z, s^2)$, with one $z \sim N(0, 1)$ and one number $x$, and let $q =
# N(m, v)$. Then nothing has to be drawn. Derive $\text{ELBO}(q)$ in closed form and write `line_elbo(x, w, s, m, v)`.
# You need $E_q[(x - w z)^2]$ (the square of the mean of $x - w z$ plus its variance), and $\mathrm{KL}(N(m, v) \,\|\,
# N(0, 1)) = \frac12 (m^2 + v - 1 - \log v)$, which the next section checks. Keep the constants: the result is in nats.
# The check integrates over a grid.


# %% role="exercise" grade_id="line_elbo"
# Exercise 1
def line_elbo(x, w, s, m, v):
    """The ELBO in nats of q = N(m, v) for z ~ N(0, 1), x | z ~ N(w z, s^2); v is a variance."""
    ### BEGIN SOLUTION
    misfit = (x - w * m) ** 2 + w**2 * v
    expected = -0.5 * math.log(2 * math.pi * s**2) - misfit / (2 * s**2)
    return expected - (m**2 + v - 1 - math.log(v)) / 2
    ### END SOLUTION


# %% role="check" grade_id="line_elbo"
def elbo_on_a_grid(x, w, s, m, v):
    z = m + math.sqrt(v) * np.linspace(-12, 12, 4001)
    log_q = log_normal(z, m, v)
    log_p = log_normal(z, 0, 1) + log_normal(x, w * z, s**2)
    return float(np.sum(np.exp(log_q) * (log_p - log_q)) * (z[1] - z[0]))


lines = [(1.5, 2.0, 0.4, 0.6, 0.05), (-0.3, 0.7, 1.0, 0.0, 1.0), (2.0, -1.0, 0.5, -1.0, 0.3)]
checked_line_elbo = check(
    1,
    "line_elbo",
    cases=[(line, elbo_on_a_grid(*line)) for line in lines],
    mistakes={
        "The misfit of the mean is not the mean of the misfit: z scatters, which adds w^2 v to it.": (
            lambda x, w, s, m, v: elbo_on_a_grid(x, w, s, m, v) + w**2 * v / (2 * s**2)
        ),
        "The divergence is a toll: it is taken off, not added.": (
            lambda x, w, s, m, v: elbo_on_a_grid(x, w, s, m, v) + (m**2 + v - 1 - math.log(v))
        ),
        "v is a variance; yours takes it for a standard deviation.": (
            lambda x, w, s, m, v: elbo_on_a_grid(x, w, s, m, v**2)
        ),
        "Nearly: the density of x has a constant too, -log(2 pi s^2) / 2.": (
            lambda x, w, s, m, v: (
                elbo_on_a_grid(x, w, s, m, v) + math.log(2 * math.pi * s**2) / 2
            )
        ),
        "Nearly: the scatter of z adds w^2 v to the squared misfit, not v.": (
            lambda x, w, s, m, v: elbo_on_a_grid(x, w, s, m, v) + (w**2 - 1) * v / (2 * s**2)
        ),
    },
    hint="E[(x - w z)^2] = (x - w m)^2 + w^2 v. Then -log(2 pi s^2)/2 - that / (2 s^2), minus the divergence.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="line_elbo" points=1
for case in range(4):
    x, w, m = (float(each) for each in random.normal(size=3))
    publish(
        **{
            f"elbo_{case}": line_elbo(
                x, w, float(random.uniform(0.3, 1.5)), m, float(random.uniform(0.05, 1.5))
            )
        }
    )

# %% [markdown]
# For a line the posterior is a Gaussian itself, so the gap can be closed. Completing the square in $z$ gives its
# inverse variance $1 + w^2/s^2$ and mean $w x / (w^2 + s^2)$; and $x$, a sum of two independent Gaussians, has the
# evidence $N(x; 0, w^2 + s^2)$. Your function, on all $q$ at once:

# %% fold="Draw your bound over all Gaussian q"
x_seen, w, noise = 1.5, 2.0, 0.8
line_evidence = float(log_normal(x_seen, 0, w**2 + noise**2))
best_mean, best_variance = w * x_seen / (w**2 + noise**2), 1 / (1 + w**2 / noise**2)
means, variances = np.linspace(-0.5, 1.8, 90), np.geomspace(0.02, 1.5, 80)
bounds = np.array(
    [
        [checked_line_elbo(x_seen, w, noise, float(m), float(v)) for m in means]
        for v in variances
    ]
)
figure, axes = plt.subplots(figsize=(6.0, 3.4))
contours = axes.contour(
    means,
    variances,
    line_evidence - bounds,
    levels=[0.02, 0.1, 0.3, 1, 2, 4],
    colors=plots.COLOURS["neutral"],
    linewidths=1,
)
axes.clabel(contours, fmt="%g", fontsize=8)
axes.plot(
    best_mean,
    best_variance,
    plots.MARKERS["real"],
    color=plots.COLOURS["real"],
    label="posterior",
)
axes.set(
    title="Gap between evidence and your bound, in nats",
    xlabel="mean of $q$",
    ylabel="variance of $q$",
    yscale="log",
)
axes.legend()
plots.show(
    figure,
    alt="Contours of the gap over mean and variance of q: closed curves around one point, the exact posterior at mean "
    "0.65 and variance 0.14, where the gap is 0.",
)
at_best = checked_line_elbo(x_seen, w, noise, best_mean, best_variance)
print(f"largest on the map {bounds.max():.4f}, at the posterior {at_best:.4f}")
print(f"evidence           {line_evidence:.4f}")
assert abs(at_best - line_evidence) < 1e-9 and bounds.max() <= line_evidence

# %% [markdown]
# ## The toll: KL of two Gaussians
# For diagonal Gaussians in $d$ dimensions (independent numbers), with means $m, m'$ and variances $v, v'$,
#
# $$ \mathrm{KL}\big(N(m, v) \,\|\, N(m', v')\big)
#    = \frac12 \sum_{i=1}^d \left[ \log \frac{v'_i}{v_i} + \frac{v_i + (m_i - m'_i)^2}{v'_i} - 1 \right] : $$
#
# write out $\log q - \log p$ and average with $E_q[(z_i - m_i)^2] = v_i$. The cell compares it with the library's,
# and with samples. If $r = p(z)/q(z)$, then $-\log r$ averages to the divergence; so does $r - 1 - \log r$, because
# $E_q[r] = 1$, and this one is never negative (Schulman, 2020). Four standard errors of 100,000 draws are allowed.

# %% tags=["nbval-check-output"]
from course_lib.theory import elbo

random = np.random.default_rng(1)
for size, apart in ((1, 0.3), (4, 0.3), (16, 0.3), (16, 0.8)):
    m, other_m = apart * random.normal(size=(2, size))
    v, other_v = np.exp(apart * random.normal(size=(2, size)))
    exact = 0.5 * np.sum(np.log(other_v / v) + (v + (m - other_m) ** 2) / other_v - 1)
    library = elbo.gaussian_kl(m, np.log(v), other_m, np.log(other_v))
    assert math.isclose(exact, library, rel_tol=1e-6)
    z = m + np.sqrt(v) * random.normal(size=(100_000, size))
    log_r = np.sum(log_normal(z, other_m, other_v) - log_normal(z, m, v), axis=1)
    line = f"{size:2} dimensions, {apart} apart: exact {exact:7.4f}"
    for samples in (-log_r, np.exp(log_r) - 1 - log_r):
        error = samples.std() / math.sqrt(len(samples))
        line += f", sampled {samples.mean():7.4f} +- {error:.4f}"
        if apart < 0.5:
            assert abs(samples.mean() - exact) < 4 * error
    print(line)

# %% [markdown]
# The second estimator is the better one in the first line, where $r$ stays close to 1. Further down $r$ has a heavy
# tail: the estimate is worse, and in the last line wrong by many of its own errors, which a sample without the tail
# cannot know. Where a closed form exists, take it.
#
# ## A gradient through chance
# The encoder is to learn: its $m$ and $v$ must move so that $E_{z \sim N(m, v)}[f(z)]$ rises, with $f = \log p(x
# \mid z)$. But $z$ is drawn, and one cannot differentiate a draw. Two ways out:
#
# - **Score function** (REINFORCE; Williams, 1992). Differentiate the density: $\partial_m E[f] = E\big[f(z)\,
#   \partial_m \log N(z; m, v)\big] = E\big[f(z)\, \frac{z - m}{v}\big]$. It needs values of $f$ only.
# - **Reparameterisation**. Write $z = m + \sqrt v\, \varepsilon$ with $\varepsilon \sim N(0, 1)$. Now the chance is
#   outside, and $\partial_m E[f] = E[f'(z)]$. It needs the slope of $f$.
#
# Both are right on average. **Predict first.** Take the lesson's $f(z) = \log N(x; z^2, s^2)$ with $q$ on its way to
# the hill, $m = 0.8$, $\sqrt v = 0.1$. Which of the two varies more, and by what factor in the variance? (10 would
# mean: ten times as many draws for the same error.)


# %% role="spoiler" fold="Measure both variances"
def f(z):
    return log_normal(seen, z**2, s**2)


def slope(z):
    return 2 * z * (seen - z**2) / s**2


m, v = 0.8, 0.1**2
z = m + math.sqrt(v) * np.random.default_rng(2).normal(size=200_000)
exact = np.sum(np.exp(log_normal(grid, m, v)) * slope(grid)) * width
samples = {"score function": f(z) * (z - m) / v, "reparameterised": slope(z)}
print(f"exact, by quadrature {exact:8.4f}")
for name, each in samples.items():
    error = each.std() / math.sqrt(len(z))
    print(
        f"{name:20} {each.mean():8.4f} +- {error:.4f}, variance of one draw {each.var():9.2f}"
    )
    assert abs(each.mean() - exact) < 4 * error
score, path = samples.values()
print(f"ratio of the variances: {score.var() / path.var():.0f}")
assert score.var() > 10 * path.var()

# %% [markdown]
# The score function multiplies a small signal by all of $f$, its constant part included. Subtract a constant $b$
# from $f$, a **baseline**, and the mean stays, because $E[z - m] = 0$; the variance may shrink a lot.
#
# ## Exercise 2: a baseline that does not bend
# The obvious $b$ is the mean of the $K$ values at hand. But then each draw's own value is in its baseline, and that
# bends the estimate. Leave it out: draw $k$ gets the mean of the *other* values (Kool and others, 2019),
#
# $$ \hat g = \frac1K \sum_{k=1}^K \big(f_k - b_k\big) \frac{z_k - m}{v}, \qquad
#    b_k = \frac{1}{K - 1} \sum_{j \ne k} f_j . $$
#
# Write `leave_one_out(values, z, m, v)`: `values` $f_k$ and draws `z`, both of shape (K,), to the number $\hat g$.


# %% role="exercise" grade_id="leave_one_out"
# Exercise 2
def leave_one_out(values, z, m, v):
    """The score-function estimate of d/dm E[f(z)], each draw's baseline being the mean of the others."""
    ### BEGIN SOLUTION
    count = len(values)
    baselines = (np.sum(values) - values) / (count - 1)
    return float(np.mean((values - baselines) * (z - m) / v))
    ### END SOLUTION


# %% role="check" grade_id="leave_one_out"
def with_baseline(b):
    return lambda f, z, m, v: np.mean((f - b(f)) * (z - m) / v)


def one_by_one(f, z, m, v):
    return sum(
        (f[k] - np.mean(np.delete(f, k))) * (z[k] - m) / v for k in range(len(f))
    ) / len(f)


draw = np.random.default_rng(3)
batches = [
    (draw.normal(size=n) - 5, draw.normal(size=n), 0.3, float(v))
    for n, v in ((4, 0.25), (7, 2.0))
]
checked_leave_one_out = check(
    2,
    "leave_one_out",
    cases=[(batch, one_by_one(*batch)) for batch in batches],
    mistakes={
        "Each draw's own value is in its baseline: this is too small by the factor (K - 1)/K.": (
            with_baseline(np.mean)
        ),
        "There is no baseline in it.": with_baseline(lambda f: 0.0),
        "v is a variance: divide by it, not by its root.": (
            lambda f, z, m, v: one_by_one(f, z, m, v) * math.sqrt(v)
        ),
        "The mean of the others divides by K - 1: there are K - 1 of them.": (
            with_baseline(lambda f: (f.sum() - f) / len(f))
        ),
        "Average over the draws, do not add them up.": (
            lambda f, z, m, v: one_by_one(f, z, m, v) * len(f)
        ),
    },
    hint="The sum of the others is np.sum(values) - values; there are K - 1 of them. Then the mean of "
    "(f_k - b_k) (z_k - m) / v.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="leave_one_out" points=1
for case in range(3):
    count = int(random.integers(3, 12))
    values, z = random.normal(size=(2, count))
    publish(
        **{
            f"estimate_{case}": leave_one_out(
                values + 3, z, float(random.normal()), float(random.uniform(0.2, 2))
            )
        }
    )

# %% [markdown]
# Is a baseline as good as a slope, then? Let $z$ have $d$ numbers, each drawn from $N(m, v)$ with $m = 0$
# and $v = \frac14$, and let $f(z) = -\frac12 \sum_i (z_i - c)^2$ with $c = 1$. Ask for the gradient by the *first* mean
# only: it is $c - m = 1$. Every estimate uses 16 draws.
#
# **Predict first.** How do the three variances grow with $d$?

# %% role="spoiler" fold="Measure three variances in 1 to 64 dimensions, one by your function"
random = np.random.default_rng(4)
sizes, kinds = (
    (1, 2, 4, 8, 16, 32, 64),
    ("score function", "with your baseline", "reparameterised"),
)
spread = {kind: [] for kind in kinds}
for size in sizes:
    found = {kind: [] for kind in kinds}
    for _ in range(1000):
        z = 0.5 * random.normal(size=(16, size))
        values = -0.5 * np.sum((z - 1) ** 2, axis=1)
        found[kinds[0]].append(np.mean(values * z[:, 0] / 0.25))
        found[kinds[1]].append(checked_leave_one_out(values, z[:, 0], 0.0, 0.25))
        found[kinds[2]].append(np.mean(1 - z[:, 0]))
    for kind in kinds:
        spread[kind].append(np.var(found[kind]))
        assert abs(np.mean(found[kind]) - 1) < 4 * math.sqrt(spread[kind][-1] / 1000)
figure, axes = plt.subplots(figsize=(5.6, 3.2))
for (kind, values), role, style in zip(
    spread.items(), ("fake", "discriminator", "generator"), plots.STYLES, strict=False
):
    axes.loglog(
        sizes,
        values,
        plots.MARKERS[role],
        linestyle=style,
        color=plots.COLOURS[role],
        label=kind,
    )
axes.set(
    title="Variance of a gradient estimated from 16 draws",
    xlabel="dimensions of $z$",
    ylabel="variance",
    xticks=sizes,
    xticklabels=sizes,
)
axes.minorticks_off()
axes.legend()
plots.show(
    figure,
    alt="Variance against the number of dimensions, both logarithmic. That of the score function grows faster than the "
    "dimension, with the baseline about in proportion to it, and reparameterised it stays at 0.016.",
)
print("at 64 dimensions:", *(f"{kind} {values[-1]:.3f}" for kind, values in spread.items()))

# %% [markdown]
# To the score function all other dimensions are noise; the slope knows which dimension did what. This is why VAEs
# became practical with the reparameterised gradient (Kingma and Welling, 2014; Rezende and others, 2014).
#
# It has its own blind spot. Let $f$ be a step, 1 for $z > 0$ and 0 else. Its slope is 0 wherever it exists, so the
# reparameterised "gradient" is 0, and wrong: the exact one is the density at the step. Words and choices are steps;
# lesson 13 has to live with that.

# %% tags=["nbval-check-output"]
m, v = 0.3, 0.5
z = m + math.sqrt(v) * np.random.default_rng(5).normal(size=200_000)
samples = (z > 0) * (z - m) / v
exact = math.exp(log_normal(0, m, v))
print(f"exact {exact:.4f}, score function {samples.mean():.4f}, reparameterised {0:.4f}")
assert abs(samples.mean() - exact) < 4 * samples.std() / math.sqrt(len(z))

# %% [markdown]
# ## The variational autoencoder
# Now all pieces meet. The decoder is a network, $p(x \mid z) = N(x; g(z; \theta), s^2 I)$: pictures are $g(z)$ plus
# noise of the standard deviation $s$ on every pixel. There is one posterior for each picture, and instead of looking
# for each one separately, a second network, the **encoder**, answers at once: it maps $x$ to $m(x)$ and to the
# logarithm of $v(x)$, any number being allowed there. Then $q(z \mid x) = N(m(x), v(x))$, diagonal, and both
# networks lower
#
# $$ L(\theta, \phi) = E_{x, \varepsilon}\Big[\, \frac{|x - g(z)|^2}{2 s^2}
#    + \frac12 \sum_i \big(m_i^2 + v_i - 1 - \log v_i\big) \Big],
#    \qquad z = m(x) + \sqrt{v(x)}\, \varepsilon , $$
#
# which is $-\text{ELBO}$ without the constant $\frac d2 \log (2 \pi s^2)$, where $d$ now counts the pixels: an
# autoencoder that has to draw well from a blurred code, and pays for the sharpness of the code.
#
# ## Exercise 3: repair a VAE's loss
# These four faults are all common in print. In one program, the divergence was that of the means alone. In another
# the decoder was given fresh noise instead of $z$. Many average over the pixels and *add up* over the latents. And
# what the encoder calls a log-variance is taken for a logarithm of the standard deviation. The code below has all
# four. Repair it.
#
# - `x` has the shape (batch, pixels); `encode(x)` gives the pair $m$, $\log v$, both (batch, latents); `decode(z)`
#   gives (batch, pixels); `noise` is $\varepsilon$;
# - the result is one number, the mean over the batch. Gradients must pass: `ops`, not NumPy.


# %% role="exercise" grade_id="vae_loss"
# Exercise 3
def vae_loss(x, encode, decode, noise, s):
    """-ELBO in nats without its constant, averaged over the batch x (batch, pixels); a scalar tensor."""
    ### BEGIN BROKEN
    # m, log_v = encode(x)
    # z = m + ops.exp(log_v) * noise
    # misfit = ops.mean((x - decode(noise)) ** 2, axis=1) / (2 * s**2)
    # toll = ops.sum(m**2, axis=1) / 2
    # return ops.mean(misfit + toll)
    ### END BROKEN
    ### BEGIN SOLUTION
    m, log_v = encode(x)
    z = m + ops.exp(log_v / 2) * noise
    misfit = ops.sum((x - decode(z)) ** 2, axis=1) / (2 * s**2)
    toll = ops.sum(m**2 + ops.exp(log_v) - 1 - log_v, axis=1) / 2
    return ops.mean(misfit + toll)
    ### END SOLUTION


# %% role="check" grade_id="vae_loss"
def is_a_vae_loss(vae_loss):
    import itertools

    draw = np.random.default_rng(6)
    x, noise = draw.normal(size=(5, 6)), draw.normal(size=(5, 2))
    kernel = tf.Variable(tf.constant(0.4 * draw.normal(size=(6, 4)), "float32"))
    back, s = draw.normal(size=(2, 6)), 0.7

    def encode(images):
        return tf.split(tf.cast(images, "float32") @ kernel, 2, axis=1)

    def decode(z):
        return tf.cast(z, "float32") @ tf.constant(back, "float32")

    def by_hand(noise_alone, averaged, means_alone, as_deviation):
        m, log_v = np.split(x @ kernel.numpy().astype("float64"), 2, axis=1)
        z = noise if noise_alone else m + np.exp(log_v if as_deviation else log_v / 2) * noise
        squares = (x - z @ back) ** 2
        misfit = squares.mean(axis=1) if averaged else squares.sum(axis=1)
        rest = 0 if means_alone else np.exp(log_v) - 1 - log_v
        return np.mean(misfit / (2 * s**2) + np.sum(m**2 + rest, axis=1) / 2)

    arguments = [tf.constant(each, "float32") for each in (x, noise)]
    with tf.GradientTape() as tape:
        loss = vae_loss(arguments[0], encode, decode, arguments[1], s)
    seen = np.asarray(loss, "float64")
    if seen.shape != ():
        return (
            f"The loss is one number, a mean over the batch; yours has the shape {seen.shape}."
        )
    faults = (
        "the decoder is given noise that knows nothing of x, so the code is never used, and a fault in z does not show",
        "the misfit is averaged over the pixels, while the toll is added up over the latents",
        "the toll is that of the means alone, so a variance costs nothing",
        "exp(log_v) is the variance, and a standard deviation is what multiplies the noise",
    )
    if not np.allclose(seen, by_hand(0, 0, 0, 0), rtol=1e-4):
        for made in itertools.product((0, 1), repeat=4):
            if np.allclose(seen, by_hand(*made), rtol=1e-4):
                first = faults[made.index(1)]
                # as long as z is not decoded, nobody sees what is wrong with it
                at_least = "At least " if made[0] else ""
                left = (
                    "This is left"
                    if sum(made) == 1
                    else f"{at_least}{sum(made)} faults are left; one of them"
                )
                return f"{left}: {first}."
        return (
            f"For five pictures it gives {seen:.4f}, and {by_hand(0, 0, 0, 0):.4f} is right. Take it line by line: "
            "how is z drawn, what is decoded, what does the toll hold, what is added up, and what is averaged?"
        )
    push = tape.gradient(loss, kernel) if tf.is_tensor(loss) else None
    if push is None:
        return (
            "The number is right, but no gradient reaches the encoder: use `ops`, not NumPy."
        )
    step, here = 1e-2, kernel.numpy()

    def moved(place, by):
        shifted = here.copy()
        shifted[place] += by
        kernel.assign(shifted)
        return by_hand(0, 0, 0, 0)

    # every weight, for those of m and those of log v get their gradient through z by different ways
    slopes = [
        (moved(place, step) - moved(place, -step)) / (2 * step)
        for place in np.ndindex(here.shape)
    ]
    if not np.allclose(np.ravel(push), slopes, rtol=0.02, atol=1e-3):
        return (
            "The number is right, but not all of the gradient reaches the encoder: it passes through z, too, by its "
            "mean and by its deviation."
        )
    return None


checked_vae_loss = check_that(3, "vae_loss", is_a_vae_loss, otherwise=OUR_ANSWER)

# %% role="graded" grade_id="vae_loss" points=2 tolerance=1e-4
for case in range(3):
    batch, pixels, size = (int(each) for each in random.integers(2, 6, size=3))
    kernel = tf.Variable(tf.constant(0.5 * random.normal(size=(pixels, 2 * size)), "float32"))
    back = tf.constant(random.normal(size=(size, pixels)), "float32")
    x, noise = (
        tf.constant(random.normal(size=(batch, each)), "float32") for each in (pixels, size)
    )
    with tf.GradientTape() as tape:
        loss = vae_loss(
            x,
            lambda images, k=kernel: tf.split(images @ k, 2, axis=1),
            lambda z, b=back: z @ b,
            noise,
            float(random.uniform(0.5, 1.5)),
        )
    publish(
        **{
            f"loss_{case}": np.asarray(loss),
            f"push_{case}": np.asarray(tape.gradient(loss, kernel)),
        }
    )

# %% [markdown]
# What does each fault do to a training? None of them crashes. Take the smallest case in which the best answer is
# known: 100 pixels, and all the pictures differ along a single direction, by a number of variance $\lambda = 4$.
# Encoder $m = a x$ with variance $v$, decoder $w z$, and noise of $s^2 = 0.05$. Over all pictures and all
# $\varepsilon$ the loss is
#
# $$ \frac{(1 - w a)^2 \lambda + w^2 v}{2 s^2} + \frac12 \big(a^2 \lambda + v - 1 - \log v\big) , $$
#
# so no sampling blurs the comparison. We minimise it over $a, v, w$ as it should be, and with each fault in turn.
#
# **Predict first.** Four symptoms, four faults; which belongs to which? (i) The codes' variance (over pictures and
# noise) is half of what it should be. (ii) Every drawing is the mean picture; and a smaller $s$ would wake the latent
# up. (iii) The same, whatever $s$. (iv) Reconstructions are nearly perfect, but drawings from $z \sim N(0, 1)$ are far
# too wild.

# %% role="spoiler" fold="Minimise the loss as it should be, and with each of the four faults"
lam, s2, pixels = 4.0, 0.05, 100


def misfit_of(a, v, w):
    return (1 - w * a) ** 2 * lam + w**2 * v


def toll_of(a, v):
    return (a**2 * lam + v - 1 - math.log(v)) / 2


versions = {
    "as it should be": lambda a, v, w: misfit_of(a, v, w) / (2 * s2) + toll_of(a, v),
    "toll of the means alone": lambda a, v, w: misfit_of(a, v, w) / (2 * s2) + a**2 * lam / 2,
    "decoder without latent": lambda a, v, w: (lam + w**2) / (2 * s2) + toll_of(a, v),
    "averaged over pixels": lambda a, v, w: (
        misfit_of(a, v, w) / (2 * s2 * pixels) + toll_of(a, v)
    ),
    "log v as deviation": lambda a, v, w: misfit_of(a, v**2, w) / (2 * s2) + toll_of(a, v),
}


def minimised(loss, steps=4000, rate=0.01):
    """a, v, w after that many steps of Adam, with slopes from finite differences."""

    def at(p):
        return loss(p[0], math.exp(p[1]), p[2])

    place, mean, square = np.array([0.3, -0.7, 1.0]), np.zeros(3), np.zeros(3)
    for step in range(1, steps + 1):
        slopes = np.array([(at(place + e) - at(place - e)) / 2e-5 for e in 1e-5 * np.eye(3)])
        mean, square = 0.9 * mean + 0.1 * slopes, 0.999 * square + 0.001 * slopes**2
        place -= rate * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return place[0], math.exp(place[1]), place[2]


print("                           its loss   misfit   variance of codes   of drawings")
for name, loss in versions.items():
    a, v, w = minimised(loss)
    scatter = v**2 if name == "log v as deviation" else v
    print(
        f"{name:24} {loss(a, v, w):10.3f} {misfit_of(a, scatter, w):8.3f} {a**2 * lam + scatter:13.3f} {w**2:17.3f}"
    )
print(f"{'what the data say':44} {1:13.3f} {lam - s2:17.3f}")

# %% [markdown]
# (i) is the log-variance taken for a deviation, (ii) the average over pixels, (iii) the decoder without its latent,
# (iv) the toll of the means alone, where the codes go on shrinking, since sharpness costs nothing. Two lessons:
# three of the four show a loss *below* 2.69, and a "bound" that is better than the best possible is no bound; and look
# at the variance of the codes over all pictures. It should be 1 in every latent, or the decoder never saw where you
# draw from.
#
# ## Two pixels
# Two pixels, two pictures, equally likely: white and black, or black and white. An edge that may lie on either side.
# Your loss trains a VAE with one latent on them, three times, with three values of $s$.


# %%
def networks_for(pixels, latents, hidden, activation, seed=0):
    """Encoder to m and log v side by side, and decoder; each with one hidden layer."""
    keras.utils.set_random_seed(seed)

    def dense(inputs, outputs):
        return keras.Sequential(
            [keras.Input((inputs,)), layers.Dense(hidden, activation), layers.Dense(outputs)]
        )

    return dense(pixels, 2 * latents), dense(latents, pixels)


def trained(images, latents, s, steps, hidden, activation, rate, batch=64):
    """Encoder and decoder after `steps` steps of your loss on images (N, pixels)."""
    encoder, decoder = networks_for(images.shape[1], latents, hidden, activation)
    weights = encoder.trainable_variables + decoder.trainable_variables
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(weights)

    @tf.function(autograph=False)
    def step(x):
        noise = tf.random.normal((batch, latents))
        with tf.GradientTape() as tape:
            loss = checked_vae_loss(
                x, lambda x: tf.split(encoder(x), 2, axis=1), decoder, noise, s
            )
        optimizer.apply(tape.gradient(loss, weights), weights)

    chosen = np.random.default_rng(0)
    for _ in range(steps):
        step(images[chosen.integers(len(images), size=batch)])
    return encoder, decoder


def tolls(encoder, images):
    """What each latent costs, in nats, averaged over images: (latents,)."""
    m, log_v = np.split(np.asarray(encoder(images), "float64"), 2, axis=1)
    return np.mean(m**2 + np.exp(log_v) - 1 - log_v, axis=0) / 2


# %% [markdown]
# **Predict first.** What will it draw with $s = 0.3$, $1.2$ and $1.5$? The two points lie $2 \sqrt 2$ apart.

# %% role="spoiler" fold="Train three VAEs on two pixels with your loss, and draw from them"
edges = np.array([[1, -1], [-1, 1]], "float32")
random = np.random.default_rng(7)
z = random.normal(size=(400, 1)).astype("float32")
figure, panels = plt.subplots(2, 3, figsize=(9.2, 5.0), height_ratios=(1.7, 1))
for s_here, (plane, counts) in zip((0.3, 1.2, 1.5), panels.T, strict=True):
    encoder, decoder = trained(
        edges, 1, s_here, steps=1200, hidden=16, activation="tanh", rate=0.01
    )
    means = np.asarray(decoder(z))
    noisy = means + s_here * random.normal(size=means.shape)
    plane.plot(
        *noisy.T,
        plots.MARKERS["fake"],
        color=plots.COLOURS["fake"],
        markersize=3,
        label="drawn, with noise",
    )
    plane.plot(
        *edges.T,
        plots.MARKERS["real"],
        color=plots.COLOURS["real"],
        markersize=9,
        label="real",
    )
    plane.set(title=f"$s$ = {s_here}", xlim=(-4, 4), ylim=(-4, 4), aspect="equal")
    counts.hist(means[:, 0], bins=np.linspace(-1.3, 1.3, 27), color=plots.COLOURS["fake"])
    counts.set(xlabel="left pixel of the mean", ylim=(0, 400))
    share = np.mean(np.abs(means[:, 0]) < 0.8)
    print(
        f"s = {s_here}: {share:4.0%} of the means are greyer than 0.8, toll {tolls(encoder, edges)[0]:.2f} nats"
    )
panels[0, 0].set_ylabel("right pixel")
panels[1, 0].set_ylabel("drawings of 400")
figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
plots.show(
    figure,
    alt="Above, drawings with noise on the plane of two pixels: close to the two real points and a thread between them "
    "for s = 0.3, and round clouds for 1.2 and 1.5. Below, the left pixel of the means: two peaks at -1 and 1 for "
    "s = 0.3, spread over all greys between for 1.2, and one peak at grey for 1.5.",
)

# %% [markdown]
# With a large $s$ the model says "pictures are grey, and pixels are noisy", and does not pay for the news of which
# side the edge is on. It is not wrong in its own terms: its true drawings are the *noisy* ones, and nobody likes to
# look at these, so everybody prints the means. **A VAE blurs what it has not paid for**: the mean of all the
# pictures that the latent leaves possible. (A regression blurs for the same reason. A GAN's judge would refuse grey
# at once.) And with $s = 0.3$? There is still a thread between the two points. The decoder is continuous, so it
# cannot jump.
#
# Where is the border? For a linear VAE one can say. Pictures with independent directions (principal components) of
# variances $\lambda_i$ have a loss that is a sum over directions, each term like the loss minimised above: $a$, $v$
# and $w$ of its own. To see the average over pixels too, let the toll have a weight $\beta$:
#
# $$ \ell(a, v, w) = \frac{(1 - w a)^2 \lambda + w^2 v}{2 s^2} + \frac\beta2 \big(a^2 \lambda + v - 1 - \log v\big) . $$
#
# ## Exercise 4: which latents fall asleep?
# Derive it in three steps. For given $w$ and with $\tau = \beta s^2$, the best $a$ and $v$ are $a = w / (w^2 +
# \tau)$ and $v = \tau / (w^2 + \tau)$ (set the derivatives to 0). Put them in: what remains is a function of $w^2$
# alone, $\frac\beta2 \big[\lambda / (w^2 + \tau) + \log (w^2 + \tau)\big]$ plus a constant. Which $w^2 \ge 0$
# minimises it? Mind the boundary. Then write `tolls_left(variances, s, beta)`: for the `variances` $\lambda_i$ (an
# array), the toll $\frac12 (a^2 \lambda + v - 1 - \log v)$ that is left in each direction, in nats, without the
# weight $\beta$.


# %% role="exercise" grade_id="tolls_left"
# Exercise 4
def tolls_left(variances, s, beta):
    """The KL in nats that a linear VAE at its best spends on each direction of the data, (directions,)."""
    ### BEGIN SOLUTION
    # The best w^2 is variance - beta s^2, or 0 where that is negative. Then a^2 lambda + v = 1, so -log(v) / 2 is left.
    level = beta * s**2
    return 0.5 * np.log(np.maximum(np.asarray(variances) / level, 1.0))
    ### END SOLUTION


# %% role="check" grade_id="tolls_left"
def by_search(variances, s, beta):
    """The best w by trying 400,001 of them."""
    found, w2 = [], np.linspace(0, 40, 400_001)
    for variance in variances:
        a, v = np.sqrt(w2) / (w2 + beta * s**2), beta * s**2 / (w2 + beta * s**2)
        misfit = (1 - np.sqrt(w2) * a) ** 2 * variance + w2 * v
        toll = (a**2 * variance + v - 1 - np.log(v)) / 2
        found.append(toll[np.argmin(misfit / (2 * s**2) + beta * toll)])
    return np.array(found)


spectra = [
    ([9.0, 2.0, 0.5, 0.1], 0.5, 1.0),
    ([6.0, 1.0], 0.3, 8.0),
    ([30.0, 2.9, 1.7], 1.3, 1.0),
]
spectra = [(np.array(variances), s, beta) for variances, s, beta in spectra]
checked_tolls_left = check(
    4,
    "tolls_left",
    cases=[(case, by_search(*case)) for case in spectra],
    mistakes={
        "Where the variance lies below beta s^2, the best w is 0 and nothing is paid: no toll is negative.": (
            lambda lam, s, beta: 0.5 * np.log(lam / (beta * s**2))
        ),
        "beta is missing: it raises the level below which a direction is given up.": (
            lambda lam, s, beta: 0.5 * np.log(np.maximum(lam / s**2, 1))
        ),
        "This takes s for its square.": (
            lambda lam, s, beta: 0.5 * np.log(np.maximum(lam / (beta * s), 1))
        ),
        "Half of it: the toll has a factor 1/2.": (
            lambda lam, s, beta: np.log(np.maximum(lam / (beta * s**2), 1))
        ),
        "The toll is asked for without its weight beta.": (
            lambda lam, s, beta: beta * 0.5 * np.log(np.maximum(lam / (beta * s**2), 1))
        ),
        "That is what would be paid with w^2 = variance; the best w^2 is smaller by beta s^2.": (
            lambda lam, s, beta: 0.5 * np.log(1 + lam / (beta * s**2))
        ),
    },
    hint="The derivative by w^2 is 0 at w^2 + tau = lambda. If lambda < tau, the best is w = 0. Put a, v, w in.",
    tolerance=1e-3,  # the search goes in steps
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="tolls_left" points=2 tolerance=1e-3
for case in range(3):
    variances = np.sort(random.gamma(1.0, 2.0, size=int(random.integers(4, 8))))[::-1]
    s, beta = float(random.uniform(0.4, 1.2)), float(random.uniform(0.5, 3))
    publish(**{f"tolls_{case}": tolls_left(variances, s, beta)})

# %% [markdown]
# So $\beta s^2$ is a **water level**: a direction whose variance lies below is under water. Its latent says nothing
# (it has *collapsed*: $q$ is the prior), and its detail is averaged away. (For $\beta = 1$ this is Lucas and others,
# 2019, section 4, and probabilistic PCA before it.) The two pixels have $\lambda = 2$, so the border is at $s =
# \sqrt 2 = 1.41$: between 1.2 and 1.5, as seen.
#
# Two printed habits can now be read as water levels. "Squared error with the divergence, no $s$" means $s = 1$ (if
# there is a $\frac12$). And to average that, $\frac12$ included, over 784 pixels is to say $s^2 = 784$ (without the
# $\frac12$ it is 392): that every pixel, black or white, carries noise of $\pm 28$. Fashion-MNIST's directions have
# known variances, so your function predicts what a VAE of 16 latents will do with either. It is a prediction from
# linear theory; the VAE is not linear.

# %% fold="Draw the spectrum of Fashion-MNIST"
flat = garments.images_train.reshape(-1, 784)
spectrum = np.linalg.eigvalsh(np.cov(flat[:10_000], rowvar=False))[::-1]
figure, axes = plt.subplots(figsize=(6.0, 3.0))
axes.loglog(
    np.arange(1, 785), spectrum, color=plots.COLOURS["real"], label="variance of the data"
)
for s_here, role, style in (
    (28, "neutral", ":"),
    (3, "fake", "--"),
    (1, "discriminator", "-."),
):
    axes.axhline(
        s_here**2,
        color=plots.COLOURS[role],
        linestyle=style,
        label=f"level for $s$ = {s_here}",
    )
axes.set(
    title="Directions of the data and water levels",
    xlabel="direction",
    ylabel="variance",
    ylim=(1e-2, 2e3),
)
axes.legend(loc="lower left", fontsize=8)
plots.show(
    figure,
    alt="The variance of the 784 principal directions of Fashion-MNIST falls from 79 in a straight line on logarithmic "
    "axes. The level for s = 1 cuts it near the 25th direction, that for s = 3 near the 6th; that for s = 28 lies "
    "ten times above the highest.",
)

# %% [markdown]
# **Predict first.** How many of 16 latents stay awake at $s = 28$, $3$ and $1$? Read it off the spectrum. The
# program trains with your loss, 800 steps each.

# %% role="spoiler" fold="Train a VAE at three levels, with your loss, beside your prediction"
shown = []
print("  s   predicted: awake, toll    trained: awake, toll")
for s_here in (28.0, 3.0, 1.0):
    encoder, decoder = trained(
        flat, 16, s_here, steps=800, hidden=128, activation="relu", rate=2e-3, batch=128
    )
    predicted = np.asarray(checked_tolls_left(spectrum[:16], s_here, 1.0))
    paid = tolls(encoder, flat[:2000])
    print(
        f"{s_here:4.0f} {np.sum(predicted > 0):13} {predicted.sum():11.2f}",
        f"{np.sum(paid > 0.05):15} {paid.sum():9.2f}",  # no training gets to 0 exactly
    )
    codes = np.asarray(encoder(garments.images_test[:12].reshape(12, -1)))[:, :16]
    shown.append(np.asarray(decoder(codes)).reshape(12, 28, 28, 1))
plots.show(
    picture_rows(
        [garments.images_test[:12], *shown],
        ["real", "$s$ = 28", "$s$ = 3", "$s$ = 1"],
        "Twelve garments, encoded and decoded",
    ),
    alt="Four rows of twelve garments. The real ones; with s = 28 twelve times the same grey cloud; with s = 3 blurred "
    "outlines of the right kind of garment; with s = 1 sharper ones.",
)

# %% [markdown]
# The line knows nothing of garments, and yet it tells how much a network of two layers will say: nothing at all,
# then two or three nats, then some twelve. It says that with fewer latents than the line, and more steps do not wake
# the others: its decoder may bend, and one bent latent does the work of several straight ones. So **posterior
# collapse**, the row of equal grey clouds, is no accident of training here. It is what the loss asks for, when it says
# that the noise is larger than everything there is to see.
#
# The cure follows: say the truth about the noise. Better still, let the VAE learn $s$ by the likelihood, its
# constant included: then there is no knob. One trap is left. A density has no upper limit: pictures that are drawn
# exactly, as the two pixels can be, make it grow without bound as $s \to 0$. The *probabilities* of a pixel's 256
# values are never above 1, so the next model learns its $s$ with these.
#
# **A good place to stop.** So far: what a VAE optimises and what follows from it. Next come a whole one, a question
# that only such models can answer, the flow, and the comparison.

# %% [markdown]
# ## A VAE of garments
# The library's VAE has convolutions in both networks, and an observation model made for pictures: every pixel is one
# of 256 values, with a probability for each (a logistic density cut into 256 pieces, black and white getting all
# that lies beyond), its scale $s$ learnt. So its bound is one on the probability of real 8-bit pictures. Many
# programs use the cross-entropy of a 0/1 coin with *grey* pixels instead; over the greys that does not add up to 1,
# and is no likelihood.
#
# This one has two latents, so that all it knows fits on a map. It trains like the course's GAN, through the same
# door.

# %%
from course_lib.models.roads import flow, vae
from course_lib.training.live_picture import LivePicture
from course_lib.training.loop import Recorder, train

vae_2 = vae.small(latent_size=2, seed=0)
recorder = Recorder(grid=(3, 8), tracked=vae.VAE.TRACKED)
train(
    vae_2,
    garments.images_train,
    batch_size=64,
    steps=1000,
    callbacks=[recorder, LivePicture(recorder)],
)
print(f"ELBO on test pictures: {vae_2.elbo(garments.images_test[:1000]).mean():.0f} nats")
print(f"learnt scale s: {math.exp(float(vae_2.log_scale.numpy())):.3f}")

# %% [markdown]
# Is its toll the closed form from above? And where do the garments lie? Each test picture is put at the mean of its
# $q$, drawn as the number of its class. The prior puts 86 % of its draws into the dotted circle.

# %% fold="Check the toll, draw the map of classes and what lies where"
some = garments.images_test[:600]
m, log_v = vae_2.encode(some)
by_formula = np.sum(m.astype(float) ** 2 + np.exp(log_v) - 1 - log_v, axis=1) / 2
assert np.allclose(by_formula, vae_2.divergences(some).sum(axis=1), rtol=1e-4)
print(
    f"toll {by_formula.mean():.2f} nats a picture; variance of the codes",
    f"{np.mean(m.var(axis=0) + np.exp(log_v).mean(axis=0)):.2f}",
)
figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 4.6))
for place, label in zip(m, garments.labels_test[:600], strict=True):
    left.text(*place, str(label), fontsize=7, ha="center", va="center", clip_on=True)
angle = np.linspace(0, 2 * np.pi, 200)
left.plot(2 * np.cos(angle), 2 * np.sin(angle), ":", color=plots.COLOURS["neutral"])
reach = 5.5
field_at = np.linspace(-5, 5, 11)
left.set(
    title="Where 600 garments lie, by class",
    xlabel="$z_1$",
    ylabel="$z_2$",
    xlim=(-reach, reach),
    ylim=(-reach, reach),
    aspect="equal",
)
across, up = np.meshgrid(field_at, field_at[::-1])
field = vae_2.decode(np.stack([across.ravel(), up.ravel()], axis=1))
right.imshow(plots.tile(field, columns=11), cmap="gray", extent=(-reach, reach, -reach, reach))
right.set(title="What the decoder draws there", xlabel="$z_1$")
right.grid(False)
plots.show(
    figure,
    alt="Left, the numbers 0 to 9 scattered over a plane, many of them outside of a circle of radius 2: each class has "
    "its region, shoes on one side, shirts, coats and pullovers mixed with one another. Right, the pictures decoded on "
    "a grid over the same plane: garments that turn gradually into one another, all of them soft.",
)
numbered = [f"{number} {name}" for number, name in enumerate(garments.class_names)]
print(f"{', '.join(numbered[:5])},\n{', '.join(numbered[5:])}")

# %% [markdown]
# The codes' variance is well above the 1 that the toll asks for. A picture is worth some 2,000 nats and a place on
# the map only nine, so in 1,000 steps the garments have spread out to be told apart, and the prior's draws come from
# the crowded middle alone. What you draw is not what was reconstructed best; look at both.
#
# This is what a GAN does not give: every picture has a place. The panel walks about in it, by slider or by a click
# on its map (there $z_2$, direction 2, grows downwards). Look for the border between two garments: what is drawn
# half-way between a shoe and a shirt?

# %%
from course_lib.panels.latent_explorer import LatentExplorer

LatentExplorer(vae_2.sampler).show()

# %% [markdown]
# Two numbers are few: with 16 latents a VAE draws and reconstructs better. How collapse and its usual cures fare
# *there* is in a table, made by `data/make_roads.py` with two seeds: the same VAE as it is ("plain"); with the toll
# weighted 784 times, which is what an average over the pixels amounts to ("averaged"); with a weight of 20
# ("heavy"); and the last two again with two cures from the literature. *Warm-up* lets the weight rise from 0 to its
# full value during the training (Sønderby and others, 2016), *free bits* lets every latent tell half a nat for
# nothing (Kingma and others, 2016).
#
# **Predict first.** How many of the 16 latents stay awake in each? And which cure brings the price of a picture, in
# the last column, back to where "plain" has it? (Bits per pixel are explained further down; lower is better.)

# %% role="spoiler" fold="Print the table of collapse and cures"
from course_lib.datasets.tables import read_table


def spread_of(rows, column, digits=1):
    """The mean over seeds, with the lowest and the highest, in words; "none" where nothing was measured."""
    found = [row[column] for row in rows if row[column] is not None]
    if not found:
        return "none"
    low, high = (f"{each:z.{digits}f}" for each in (min(found), max(found)))
    return f"{np.mean(found):z.{digits}f} ({low}–{high})"


collapse = read_table("collapse.csv")
print(f"{'':19} {'toll in nats':22} {'awake of 16':18} bits per pixel")
for name in dict.fromkeys(row["row"] for row in collapse):
    rows = [row for row in collapse if row["row"] == name]
    print(
        f"{name:19} {spread_of(rows, 'divergence'):22} {spread_of(rows, 'active_units', 0):18} "
        f"{spread_of(rows, 'bits_per_pixel', 2)}"
    )

# %% [markdown]
# "Averaged" is all under water, as the level says, and warm-up does not save it: the weight rises all through the 400
# steps of these trainings, and by the time it is whole the latents have drowned. Free bits do wake them, since half a
# nat each costs nothing. "Heavy" keeps all 16 awake, where the same weight would leave a linear VAE only eleven: a
# latent counts as awake once the variance of its mean exceeds 0.01, and here 16 share six nats. But no row gets back to
# the price of "plain". A heavy toll *asks* for few words, and a cure that makes the latents talk all the same works
# against the loss it is meant to rescue. With the weight 1 and a learnt $s$ there is nothing to be cured here.
#
# ## What is unusual?
# A model that gives every picture a likelihood should notice strange ones: sort by $-\text{ELBO}$, and the top of
# the list is what to look at. How good is such a score? Take usual pictures (test set) and unusual ones; with a
# threshold, some share of the unusual is caught, and some share of the usual is a false alarm. All thresholds
# together make the **ROC curve**, and the area under it is the probability that an unusual picture $y$ scores higher
# than a usual one $x$:
#
# $$ \mathrm{AUC} = P(\text{score}(y) > \text{score}(x)) + \tfrac12 P(\text{score}(y) = \text{score}(x)) . $$
#
# ## Exercise 5: an area with its error
# A number from samples needs an error. DeLong and others (1988) take it from the two sets, which are drawn
# independently of each other: for every unusual $y_j$ let $b_j$ be the share of the usual that it beats (ties count
# half), for every usual $x_i$ let $a_i$ be the share of the unusual that beat it (ties likewise). Both have the mean
# AUC, and
#
# $$ \text{error}^2 = \frac{\mathrm{var}(a)}{n} + \frac{\mathrm{var}(b)}{m} , $$
#
# with the unbiased variances (divided by $n - 1$, $m - 1$) over $n$ usual and $m$ unusual pictures. Write
# `area_and_error(usual, unusual)`: two arrays of scores to the pair (AUC, error).


# %% role="exercise" grade_id="area_and_error"
# Exercise 5
def area_and_error(usual, unusual):
    """The area under the ROC curve, ties counting half, and its standard error after DeLong."""
    ### BEGIN SOLUTION
    beaten = (unusual[:, None] > usual) + 0.5 * (unusual[:, None] == usual)  # (unusual, usual)
    error = np.sqrt(
        np.var(beaten.mean(axis=0), ddof=1) / len(usual)
        + np.var(beaten.mean(axis=1), ddof=1) / len(unusual)
    )
    return float(beaten.mean()), float(error)
    ### END SOLUTION


# %% role="check" grade_id="area_and_error"
def pair_by_pair(usual, unusual, tie=0.5, ddof=1, swap=False, squared=False):
    wins = [[1.0 if y > x else tie if y == x else 0.0 for x in usual] for y in unusual]
    n, m = (len(unusual), len(usual)) if swap else (len(usual), len(unusual))
    error = (
        np.var(np.mean(wins, axis=0), ddof=ddof) / n
        + np.var(np.mean(wins, axis=1), ddof=ddof) / m
    )
    return np.mean(wins), error if squared else math.sqrt(error)


draw = np.random.default_rng(8)
sets = [
    (draw.normal(size=9), draw.normal(size=5) + 1),
    (draw.integers(4, size=8), draw.integers(2, 6, size=12)),
]
checked_area_and_error = check(
    5,
    "area_and_error",
    cases=[(each, pair_by_pair(*each)) for each in sets],
    mistakes={
        "Ties count half; yours do not count.": lambda x, y: pair_by_pair(x, y, tie=0.0),
        "Ties count half; yours count whole.": lambda x, y: pair_by_pair(x, y, tie=1.0),
        "The variances are the unbiased ones: ddof=1.": lambda x, y: pair_by_pair(
            x, y, ddof=0
        ),
        "The area is right. In the error, var(a) goes with n, the number of usual ones, and var(b) with m.": (
            lambda x, y: pair_by_pair(x, y, swap=True)
        ),
        "That is the square of the error.": lambda x, y: pair_by_pair(x, y, squared=True),
        "The wrong way round: an unusual picture should score higher.": (
            lambda x, y: pair_by_pair(y, x)
        ),
        "This divides by the number of pairs, as if they were independent; one picture is in many pairs.": (
            lambda x, y: (
                pair_by_pair(x, y)[0],
                np.std([(b > a) + (b == a) / 2 for a in x for b in y], ddof=1)
                / math.sqrt(len(x) * len(y)),
            )
        ),
    },
    hint="Make a table of wins, (unusual, usual), with 1/2 for ties. Its mean, and the means of its rows and columns.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="area_and_error" points=1
for case in range(3):
    usual = np.round(
        random.normal(size=int(random.integers(6, 15))), case
    )  # with case 0, many ties
    unusual = np.round(random.normal(size=int(random.integers(6, 15))) + 0.7, case)
    publish(**{f"area_{case}": np.array(area_and_error(usual, unusual))})

# %% [markdown]
# Four kinds of unusual pictures: garments turned by a quarter; garments whose lower half is black; noise; and
# nothing, an all black picture. Three scores: $-\text{ELBO}$ of the VAE with 16 latents; the squared error of its
# reconstruction; and one without any network, the squared distance to the nearest of 10,000 training pictures.
#
# **Predict first.** Which score is best at which kind? And is there a kind that the likelihood finds *less* unusual
# than real garments?

# %% role="spoiler" fold="Compute twelve areas with your function, and draw four ROC curves"
usual, others = garments.images_test[:800], garments.images_test[800:1600]  # independent sets
cut = others.copy()
cut[:, 14:] = -1
unusual = {
    "turned": np.ascontiguousarray(np.rot90(others, axes=(1, 2))),
    "lower half black": cut,
    "noise": np.random.default_rng(9).uniform(-1, 1, usual[:200].shape).astype("float32"),
    "all black": np.full((2, 28, 28, 1), -1, "float32"),
}


def nearest(images, known=flat[:10_000]):
    """The squared distance of each image to the nearest one known."""
    rows = images.reshape(-1, 784)
    squares = np.sum(rows**2, axis=1)[:, None] + np.sum(known**2, axis=1)
    return np.maximum(np.min(squares - 2 * rows @ known.T, axis=1), 0)


ways = {
    "minus ELBO": lambda images: -vae_16.elbo(images),
    "reconstruction": lambda images: np.sum(
        (images - vae_16.reconstruct(images)) ** 2, axis=(1, 2, 3)
    ),
    "nearest picture": nearest,
}
figure, panels = plt.subplots(1, 2, figsize=(8.6, 3.6), sharey=True)
print(f"{'':18}", *(f"{name:>18}" for name in ways))
on_usual = {name: way(usual) for name, way in ways.items()}
for kind, images in unusual.items():
    line = f"{kind:18}"
    for (name, way), role, style in zip(
        ways.items(), ("discriminator", "fake", "real"), plots.STYLES, strict=False
    ):
        scores = way(images)
        area, error = checked_area_and_error(on_usual[name], scores)
        line += f"    {area:.3f} +- {error:.3f}"
        if kind in ("turned", "lower half black"):
            thresholds = np.sort(on_usual[name])[::-1]
            caught = [np.mean(scores >= t) for t in thresholds]
            axes = panels[int(kind != "turned")]
            axes.plot(
                np.arange(1, 801) / 800,
                caught,
                color=plots.COLOURS[role],
                linestyle=style,
                label=name,
            )
            axes.set(title=kind, xlabel="usual ones taken for unusual")
    print(line)
for axes in panels:
    axes.plot([0, 1], [0, 1], ":", color=plots.COLOURS["neutral"], linewidth=0.8)
panels[0].set_ylabel("unusual ones caught")
panels[0].legend(loc="lower right")
plots.show(
    figure,
    alt="Two panels of ROC curves. For turned garments the nearest picture is best, the reconstruction next, and the "
    "ELBO little above the diagonal. For garments with a black lower half the ELBO lies far below the diagonal.",
)

# %% [markdown]
# No score beats the simple one (for turned garments the reconstruction is level with it), and the likelihood loses
# badly: a garment whose lower half is black is *more* probable under the model than most real ones, a black picture
# than nearly all. There is no error in that. Black pixels are cheap, and the probability of a picture is a product over
# its pixels; "typical" and "probable" are different things (Nalisnick and others, 2019). It is good at noise only,
# which every score finds. And the black picture fools all three: a decoder draws it easily, and some dark garment is
# near. (The errors in its line are no news: two equal pictures.) What to take home: test a detector
# on the kind of strangeness you fear, beside a nearest neighbour.

# %% [markdown]
# ## A flow: from noise to data along a field
# The third road needs neither a judge nor an encoder. Draw noise $x_0 \sim N(0, I)$ *of the size of a picture*, and
# a picture $x_1$ from the data, independently. Go from one to the other in a straight line while $t$ runs from 0 to
# 1:
#
# $$ x_t = (1 - t)\, x_0 + t\, x_1, \qquad \frac{d x_t}{dt} = x_1 - x_0 . $$
#
# At every $t$ the points $x_t$ of all pairs are distributed in some way, $p_t$: noise at $t = 0$, the data at $t =
# 1$. We look for a field of velocities $u(x, t)$ that moves the crowd as the pairs do. Many pairs pass the same $x$
# at the same $t$, with different velocities. Then the crowd moves there with their *mean*:
#
# $$ u(x, t) = E\big[x_1 - x_0 \mid x_t = x\big] , $$
#
# and a mean is what least squares finds. So a network $v(x, t; \theta)$ that lowers
#
# $$ L(\theta) = E_{t, x_0, x_1} \big| v(x_t, t; \theta) - (x_1 - x_0) \big|^2 $$
#
# learns $u$. To draw, start at noise and follow $dx/dt = v(x, t)$ to $t = 1$. That is **flow matching** (Lipman and
# others, 2023; Liu and others, 2023; Albergo and Vanden-Eijnden, 2023). Diffusion models train nearly the same
# regression with other weights. There is no game in it, and no bound.
#
# In one dimension, with data that lie near $-1$ and $+1$, the mean has a formula (library:
# `flows.mixture_velocity`). The cell compares it with pairs that happen to pass close by, and follows the field.

# %% fold="Compare the mean velocity with passing pairs, and draw pairs and flow"
from course_lib.theory import flows

random = np.random.default_rng(10)
centres, deviation = np.array([[-1.0], [1.0]]), 0.15
noises = random.normal(size=400_000)
things = random.choice([-1.0, 1.0], 400_000) + deviation * random.normal(size=400_000)
print("place, time:   mean of passing pairs      formula")
for place, t in ((0.2, 0.2), (0.5, 0.5), (-0.3, 0.8)):
    passing = np.abs((1 - t) * noises + t * things - place) < 0.01
    velocities = (things - noises)[passing]
    error = velocities.std() / math.sqrt(len(velocities))
    u = flows.mixture_velocity([[place]], t, centres, deviation)[0, 0]
    print(f"{place:5}, {t}: {velocities.mean():14.3f} +- {error:.3f} {u:14.3f}")
    assert (
        abs(velocities.mean() - u) < 4 * error + 0.05
    )  # the pairs pass within 0.01, where u changes a little
figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.4), sharey=True)
for start, end in zip(noises[:40], things[:40], strict=True):
    left.plot([0, 1], [start, end], "-", color=plots.COLOURS["neutral"], linewidth=0.7)
times = np.linspace(0, 1, 201)
crowd = np.sort(random.normal(size=41))[:, None]
course = [crowd]
for t in times[:-1]:
    course.append(
        course[-1] + 0.005 * flows.mixture_velocity(course[-1], t, centres, deviation)
    )
right.plot(
    times, np.array(course)[..., 0], "-", color=plots.COLOURS["generator"], linewidth=0.8
)
left.set(title="Pairs: straight, and crossing", xlabel="$t$", ylabel="$x$")
right.set(title="The flow: bent, and never crossing", xlabel="$t$")
plots.show(
    figure,
    alt="Left, forty straight lines from noise at t = 0 to points near -1 and 1, crossing one another. Right, "
    "forty-one paths from noise that bend apart, the upper half to 1 and the lower half to -1, without crossing.",
)

# %% [markdown]
# ## Exercise 6: the perfect fit
# A network learns from a *training set*, not from $p_{data}$. Suppose that it fits without error. Then it has learnt
# the mean velocity for data that are exactly the training points $y_1, \dots, y_k$. Derive it. If $x_1 = y_i$, then
# $x_t = x$ says $x_0 = (x - t y_i) / (1 - t)$, so the velocity is $y_i - x_0 = (y_i - x)/(1 - t)$, and $x_t$ is
# distributed as $N(t y_i, (1 - t)^2 I)$. Bayes' rule gives the share $r_i$ that each $y_i$ has in what passes $x$,
# and $u = \sum_i r_i (y_i - x)/(1 - t)$.
#
# Write `memory_velocity(x, t, points, weights)`: one place `x` (d,), a time `t` in [0, 1), training `points` (k, d),
# and `weights` (k,), how often each of them is drawn (they add up to 1); it returns $u$, (d,). Near $t = 1$ the
# exponents are huge: take the largest one out before `np.exp`.


# %% role="exercise" grade_id="memory_velocity"
# Exercise 6
def memory_velocity(x, t, points, weights):
    """The mean velocity (d,) at x (d,) and time t, for data that are the points (k, d) with these weights (k,)."""
    ### BEGIN SOLUTION
    exponents = np.log(weights) - np.sum((x - t * points) ** 2, axis=1) / (2 * (1 - t) ** 2)
    shares = np.exp(exponents - np.max(exponents))
    shares = shares / np.sum(shares)
    return shares @ (points - x) / (1 - t)
    ### END SOLUTION


# %% role="check" grade_id="memory_velocity"
def one_point_after_the_other(x, t, points, weights, middle=None, variance=None, slow=1.0):
    from fractions import Fraction

    middle = t if middle is None else middle
    variance = (1 - t) ** 2 if variance is None else variance
    logs = [
        math.log(w)
        - sum((a - middle * b) ** 2 for a, b in zip(x, y, strict=True)) / (2 * variance)
        for y, w in zip(points, weights, strict=True)
    ]
    shares = [Fraction(math.exp(each - max(logs))) for each in logs]
    return np.array(
        [
            float(
                sum(s * Fraction(y[i] - x[i]) for s, y in zip(shares, points, strict=True))
                / sum(shares)
            )
            for i in range(len(x))
        ]
    ) / (1 if slow == 0 else 1 - t)


draw = np.random.default_rng(11)
places = [
    (draw.normal(size=2), 0.3, draw.normal(size=(4, 2)), np.array([0.1, 0.2, 0.3, 0.4])),
    (draw.normal(size=3), 0.8, draw.normal(size=(3, 3)), np.array([0.7, 0.2, 0.1])),
    (np.array([3.0]), 0.99, np.array([[-1.0], [1.0]]), np.array([0.5, 0.5])),
]
checked_memory_velocity = check(
    6,
    "memory_velocity",
    cases=[(place, one_point_after_the_other(*place)) for place in places],
    mistakes={
        "The weights are left out: a point that is drawn more often has a larger share.": (
            lambda x, t, y, w: one_point_after_the_other(x, t, y, np.ones(len(y)))
        ),
        "At time t the pairs of a point lie around t times the point, not around the point.": (
            lambda x, t, y, w: one_point_after_the_other(x, t, y, w, middle=1.0)
        ),
        "The variance on the way is (1 - t) squared.": (
            lambda x, t, y, w: one_point_after_the_other(x, t, y, w, variance=1 - t)
        ),
        "The variance on the way is (1 - t)^2, not 1.": (
            lambda x, t, y, w: one_point_after_the_other(x, t, y, w, variance=1.0)
        ),
        "The way that is left has to be gone in the time that is left: divide by 1 - t.": (
            lambda x, t, y, w: one_point_after_the_other(x, t, y, w, slow=0)
        ),
    },
    hint="Share i: weight times exp(-|x - t y_i|^2 / (2 (1 - t)^2)), all divided by their sum; subtract the largest "
    "exponent first, or near t = 1 all are 0/0.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="memory_velocity" points=2
for case in range(4):
    size, count = (int(each) for each in random.integers(2, 6, size=2))
    points, t = random.normal(size=(count, size)), float(random.uniform(0.05, 0.9))
    weights = random.dirichlet(np.full(count, 3.0))
    x = t * points[0] + (1 - t) * random.normal(size=size)
    if case == 3:  # where all exponents are huge, and a naive share is 0/0
        t, x = 0.995, x + 3
    publish(**{f"velocity_{case}": memory_velocity(x, t, points, weights)})

# %% [markdown]
# Now both on the ring of Gaussians (lesson 8): a network trained on 5,000 points, and your perfect fit to 40 of
# them.
#
# **Predict first.** Where do 200 drawings by the perfect fit end? How far from the nearest of the 40?

# %% role="spoiler" fold="Train the flow on the ring, follow your perfect fit, and draw both"
from course_lib.clinic import ring

ring_flow = flow.for_points(seed=0)
ring_flow.fit(
    datasets.batches(ring.real_points(5000), 256),
    steps_per_epoch=2000,
    verbose=0,
    shuffle=False,
)
few = ring.real_points(40, seed=1).astype(float)
crowd = np.random.default_rng(12).normal(size=(200, 2))
for t in np.linspace(0, 1, 101)[:-1]:
    even = np.full(40, 1 / 40)
    crowd = crowd + 0.01 * np.array([checked_memory_velocity(x, t, few, even) for x in crowd])
learnt = ring_flow.sample(200, steps=50, seed=1)
figure, panels = plt.subplots(1, 2, figsize=(7.6, 3.7), sharex=True, sharey=True)
for axes, drawn, title in (
    (panels[0], learnt, "network, 5,000 points"),
    (panels[1], crowd, "perfect fit, 40 points"),
):
    real = ring.real_points(300, seed=2) if drawn is learnt else few
    axes.plot(
        *drawn.T,
        plots.MARKERS["fake"],
        color=plots.COLOURS["fake"],
        markersize=5,
        label="drawn",
    )
    axes.plot(
        *real.T, plots.MARKERS["real"], color=plots.COLOURS["real"], markersize=3, label="real"
    )
    axes.set(title=title, aspect="equal")
    distances = np.sqrt(np.sum((drawn[:, None] - few) ** 2, axis=2)).min(axis=1)
    print(f"{title:24} median distance to the nearest of the 40: {np.median(distances):.6f}")
panels[0].legend(loc="center")
plots.show(
    figure,
    alt="Two panels of points on a ring of eight groups. Left, drawings of the network among real points, in all eight "
    "groups, some between them. Right, drawings of the perfect fit lie exactly on the forty training points.",
)

# %% [markdown]
# **The perfect fit is a copier.** A flow that draws anything new does so because its network *cannot* fit perfectly:
# it is smooth, and was stopped in time. The same holds for diffusion models, and for a VAE with $s \to 0$. So the
# question of lesson 7, what was copied, belongs to all three roads; we ask it below.
#
# ## How many steps?
# Following the field costs one pass through the network for each step. Euler's rule goes on for $1/n$ with the
# velocity at the beginning of the step.
#
# **Predict first.** What does *one* Euler step draw on the ring? (Write down $u(x, 0)$: at $t = 0$ the place says
# nothing about where the pair is going.) And two steps?

# %% role="spoiler" fold="Draw the ring with 1, 2, 4, 8 and 32 Euler steps"
figure, panels = plt.subplots(1, 5, figsize=(10.0, 2.4), sharex=True, sharey=True)
for axes, steps in zip(panels, (1, 2, 4, 8, 32), strict=True):
    drawn = ring_flow.sample(400, steps=steps, method="euler", seed=2)
    axes.plot(*drawn.T, plots.MARKERS["fake"], color=plots.COLOURS["fake"], markersize=2)
    axes.set(
        title=f"{steps} step{'s' * (steps > 1)}",
        aspect="equal",
        xlim=(-2.8, 2.8),
        ylim=(-2.8, 2.8),
    )
    near = np.sqrt(np.sum((drawn[:, None] - ring.CENTRES) ** 2, axis=2)).min(axis=1)
    print(
        f"{steps:2} steps: mean radius {np.hypot(*drawn.T).mean():.2f},",
        f"within 0.5 of a centre {np.mean(near < 0.5):4.0%}",
    )
plots.show(
    figure,
    alt="Five panels of drawn points. With one step all lie in a heap in the middle; with two on a filled disc; with "
    "four, eight and 32 steps ever more sharply in the eight groups.",
)

# %% [markdown]
# $u(x, 0) = E[x_1] - x$, so one step ends at the mean of all data: the grey picture again, for the same reason as
# before. Two steps first come to $x_{1/2} = (x_0 + E[x_1])/2$, and there $u(x, \frac12) = 2 (E[x_1 \mid x_{1/2} = x] -
# x)$; so they end at $E[x_1 \mid x_{1/2}]$, the mean of what is still possible from half-way: a filled disc, since from
# the middle every group still is. The cell takes two steps with your function, and that mean by Bayes' rule.

# %%
start = np.array([0.7, -0.4])
half = start + 0.5 * np.asarray(checked_memory_velocity(start, 0.0, few, even))
end = half + 0.5 * np.asarray(checked_memory_velocity(half, 0.5, few, even))
shares = np.exp(-np.sum((half - few / 2) ** 2, axis=1) / (2 * 0.5**2))
possible = shares @ few / shares.sum()
print(
    f"half-way {half.round(3)}, end {end.round(3)}, mean of the possible {possible.round(3)}"
)
assert np.allclose(half, (start + few.mean(axis=0)) / 2) and np.allclose(end, possible)

# %% [markdown]
# A flow pays for sharpness in steps. Now pictures: the flow at the top of this lesson, trained for longer
# than we can wait here, from the same noise with more and more steps. The *midpoint* rule tries half a step first
# and goes on with the velocity found there: two passes a step, and an error that falls with the square of the step.

# %% fold="Draw garments with few and many steps"
rows = {
    f"Euler {n}": picture_flow.sample(12, steps=n, method="euler", seed=3)
    for n in (1, 2, 4, 8, 32)
}
rows["midpoint 16"] = picture_flow.sample(12, steps=16, method="midpoint", seed=3)
plots.show(
    picture_rows(list(rows.values()), list(rows), "One noise a column, more and more steps"),
    alt="Six rows of twelve pictures. One step: twelve grey clouds, much the same. Two and four: blurred shapes. From "
    "eight on, shapes with edges, some of them torn; 32 Euler steps and 16 midpoint steps look alike.",
)

# %% fold="Measure and draw quality against passes"
from course_lib.scores import features, metrics

passes = {"euler": (1, 2, 4, 8, 16), "midpoint": (2, 4, 8, 16)}
per_step = {"euler": 1, "midpoint": 2}
figure, axes = plt.subplots(figsize=(6.2, 3.3))
for (method, counts), role, style in zip(
    passes.items(), ("fake", "generator"), ("--", "-"), strict=True
):
    found = [
        metrics.frechet_score(
            picture_flow.sample(1000, steps=n // per_step[method], method=method, seed=5)
        )
        for n in counts
    ]
    print(
        f"{method:9}",
        *(f"{n:3} passes {score:6.1f}" for n, score in zip(counts, found, strict=True)),
    )
    axes.loglog(
        counts,
        found,
        plots.MARKERS[role],
        linestyle=style,
        color=plots.COLOURS[role],
        label=method,
    )
axes.set_xticks([1, 2, 4, 8, 16], ["1", "2", "4", "8", "16"])
axes.set_yticks([5, 10, 20, 40], ["5", "10", "20", "40"])
axes.minorticks_off()
axes.set(
    title="1,000 pictures of one flow, from one noise",
    xlabel="passes through the network for one picture",
    ylabel="Fréchet distance",
)
axes.legend()
plots.show(
    figure,
    alt="Fréchet distance against the number of passes, both logarithmic, for the Euler and the midpoint rule. Both "
    "fall steeply at first and then level off.",
)

# %% [markdown]
# For the same number of passes the midpoint rule is ahead. Where the curves fall, the solver is to blame: the field
# is bent, and a long step leaves it. Where they are flat, more passes follow the same field more exactly, and what
# is left is the network's own error. It pays to know on which part one stands before one buys more passes, or a
# better network.
#
# ## Bits per pixel
# A likelihood can be read as a price. A model that gives the picture $x$ the probability $P(x)$ can store it in
# $-\log_2 P(x)$ bits (up to one bit), and divided by the number of pixels that is a score one can hold against any
# other model's, and against any compression program's. Three things must be right for that.
#
# - **Values or densities.** A pixel is one of 256 values. A model of the values gives a $P(x)$. A model with a
#   *density* $p$ is asked about pixels with uniform noise of one value's width $\delta$ added (*dequantised*); then
#   $P(x) \approx p(x)\, \delta^d$, and on average the price is an upper bound (Theis and others, 2016). Without the
#   noise a density could be made infinite at the 256 values.
# - **The bound.** A VAE knows only $\text{ELBO} \le \log p(x)$. A tighter bound averages *before* the logarithm:
#   draw $z_1, \dots, z_K$ from $q(z \mid x)$ and take $\log \frac1K \sum_k w_k$ with $w_k = p(x, z_k) / q(z_k \mid
#   x)$ (Burda and others, 2016). For $K = 1$ its mean is the ELBO; it rises with $K$ to $\log p(x)$. With your eyes
#   on the first cell of this lesson: that is the same average, drawn where it matters.
# - **A GAN gets no number.** Its pictures $G(z)$, $z \in \mathbb R^{64}$, lie on a sheet of at most 64 dimensions
#   among 784. The sheet has no volume, a held-out picture is never exactly on it, and its density there is 0:
#   infinitely many bits. Noise around $G(z)$ would make a number, but then one measures a model that nobody drew
#   with. So the table says *none*.
#
# ## Exercise 7: the price of a picture
# Write `price_in_bits(log_weights, pixels, width)`: `log_weights` holds $\log w_k$ for $K$ draws of $N$ pictures,
# (K, N); `pixels` is $d$; `width` is $\delta$ for a model with a density, and 1 for a model of the values. It
# returns one number: the bound's price in bits per pixel, averaged over the pictures. The logarithms are around
# $-2{,}000$, and `np.exp` of that is 0.


# %% role="exercise" grade_id="price_in_bits"
# Exercise 7
def price_in_bits(log_weights, pixels, width):
    """Bits per pixel from importance weights (draws, pictures), by the importance-weighted bound."""
    ### BEGIN SOLUTION
    largest = np.max(log_weights, axis=0)
    bounds = largest + np.log(np.mean(np.exp(log_weights - largest), axis=0))
    return float(-np.mean(bounds) / (pixels * np.log(2)) - np.log2(width))
    ### END SOLUTION


# %% role="check" grade_id="price_in_bits"
def price_by_steps(log_weights, pixels, width, per_picture=None, whole=False):
    prices = []
    for column in np.transpose(log_weights):
        total = column[0]
        for each in column[1:]:
            total = np.logaddexp(total, each)
        prices.append(total - (0 if whole else math.log(len(column))))
    nats = np.mean(prices) if per_picture is None else per_picture(log_weights)
    return -nats / pixels / math.log(2) - math.log(width, 2)


draw = np.random.default_rng(13)
asked = [
    (draw.normal(size=(5, 3)) - 2000, 784, 1.0),
    (3 * draw.normal(size=(2, 4)) - 40, 16, 2 / 255),
]
checked_price_in_bits = check(
    7,
    "price_in_bits",
    cases=[(each, price_by_steps(*each)) for each in asked],
    mistakes={
        "That is the ELBO, the mean of the logarithms. Average the weights first, then take the logarithm.": (
            lambda w, d, width: price_by_steps(w, d, width, np.mean)
        ),
        "This averages the weights of different pictures with each other; the bound is for each picture.": (
            lambda w, d, width: price_by_steps(
                w, d, width, lambda w: np.max(w) + np.log(np.mean(np.exp(w - np.max(w))))
            )
        ),
        "The width is missing: a density is turned into a probability by the width of a value.": (
            lambda w, d, width: price_by_steps(w, d, 1.0)
        ),
        "The width is on the wrong side: narrower values are less probable, and dearer.": (
            lambda w, d, width: price_by_steps(w, d, 1 / width)
        ),
        "The weights are averaged, not added up: divide by the number of draws.": (
            lambda w, d, width: price_by_steps(w, d, width, whole=True)
        ),
        "These are nats: a bit is log 2 nats.": (
            lambda w, d, width: price_by_steps(w, d, width) * math.log(2)
        ),
        "The weights are still in nats: a bit is log 2 nats.": (
            lambda w, d, width: price_by_steps(w, d, 1.0) * math.log(2) - math.log(width, 2)
        ),
        "The width is still in nats: a bit is log 2 nats.": (
            lambda w, d, width: price_by_steps(w, d, 1.0) - math.log(width)
        ),
        "exp(-2000) is 0 in floating point: take each picture's largest logarithm out first.": (
            lambda w, d, width: (
                -np.mean(np.log(np.mean(np.exp(w), axis=0))) / d / math.log(2)
                - math.log(width, 2)
            )
        ),
    },
    hint="For each picture: largest + log(mean(exp(log_weights - largest))). Then mean, sign, log 2, width.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="price_in_bits" points=1
for case in range(4):
    shape = tuple(int(each) for each in random.integers(2, 7, size=2))
    log_weights = 3 * random.normal(size=shape) - (1500 if case % 2 else 20)
    width = float(random.uniform(0.004, 0.1)) if case < 2 else 1.0
    publish(
        **{f"price_{case}": price_in_bits(log_weights, int(random.integers(10, 900)), width)}
    )

# %% [markdown]
# First a case with a known answer: uniform noise costs 8 bits a pixel, since all 256 values are equally likely, also
# as a density on $[-1, 1]$ widened by half a value at both ends. Then the VAE with 16 latents, with more and more
# draws. And a **baseline** without any network: every pixel by itself, with the histogram of its values in the
# training set (a tenth of a picture added to each count, since a value never seen would cost infinitely much). And a
# second one: a Gaussian with the mean and the whole covariance of all training pixels, as a density on dequantised
# ones.
#
# **Predict first.** Uniform noise costs 8 bits. What do histograms, Gaussian and VAE cost? (Half of all pixels are
# black.)

# %% role="spoiler"
filled = 256 * 2 / 255  # what the 256 values fill, edge to edge
uniform = np.full((1, 5), -784 * math.log(filled))
print(f"uniform density:   {checked_price_in_bits(uniform, 784, 2 / 255):.4f} bits a pixel")

costs = []
for row, column in np.ndindex(28, 28):
    seen_here, asked_here = (
        np.round((images[:, row, column, 0] + 1) * 127.5).astype(int)
        for images in (garments.images_train, garments.images_test)
    )
    counts = np.bincount(seen_here, minlength=256) + 0.1
    costs.append(-np.log2(counts / counts.sum())[asked_here].mean())
histogram_bits = np.mean(costs)
print(f"histograms:        {histogram_bits:.2f}")

few = garments.images_test[:500]
m, log_v = (each.astype(float) for each in vae_16.encode(few))
noise = np.random.default_rng(14).normal(size=(64, *m.shape))
z = m + np.exp(log_v / 2) * noise
log_weights = np.array(
    [np.asarray(vae_16.log_likelihood(few, each.astype("float32")), float) for each in z]
) + np.sum(log_normal(z, 0, 1) - log_normal(z, m, np.exp(log_v)), axis=2)
average = flat.mean(axis=0)
covariance = flat.T @ flat / len(flat) - np.outer(average, average)
values, directions = np.linalg.eigh(covariance)
smooth = (
    np.maximum(values, 0) + (2 / 255) ** 2 / 12
)  # uniform noise of that width has this variance
offset = np.random.default_rng(16).uniform(-1 / 255, 1 / 255, (500, 784))
along = (few.reshape(500, 784) + offset - average) @ directions
density = np.sum(log_normal(along, 0, smooth), axis=1)
print(f"Gaussian density:  {checked_price_in_bits(density[None], 784, 2 / 255):.2f}")
print(f"flow's density:    {pretrained_roads.report()['flow']['bits_per_pixel']:.2f}")
for draws in (1, 4, 16, 64):
    print(
        f"VAE, {draws:2} draws:     {checked_price_in_bits(log_weights[:draws], 784, 1.0):.3f}"
    )

# %% [markdown]
# Most of the way down from 8 bits is made by knowing how often each pixel is black; all that the VAE knows of shirts
# and shoes saves less than that again. More draws tighten its bound by a few hundredths. And the Gaussian, which knows
# how every pixel goes with every other one, pays *more* than histograms that know nothing of each other: a smooth
# density cannot say "exactly black", and half of all pixels are. The flow's density can grow steep there (its price
# comes from the script); trained for long it does, and costs about what the VAE does. So how a model treats black, in
# a VAE the dull last line, weighs more in this score than all it knows of garments, and bits of models that differ in
# that say little about pictures.
#
# How does a flow know its density? A field $v$ squeezes the crowd where its **divergence**, $\mathrm{div}\, v = \sum_i
# \partial v_i / \partial x_i$, is negative (no relation of Kullback's and Leibler's), and along each path
#
# $$ \frac{d}{dt} \log p_t(x_t) = -\,\mathrm{div}\, v(x_t, t) . $$
#
# So one follows a picture back to the noise, whose density is known, and adds up the divergence on the way. In the one
# dimension of the two hills above both sides have formulas:

# %% tags=["nbval-check-output"]
place, t, step = np.array([[0.3]]), 0.6, 1e-4
u = flows.mixture_velocity(place, t, centres, deviation)
after, before = (
    flows.mixture_log_density(place + each * u, t + each, centres, deviation)[0]
    for each in (step, -step)
)
right_of, left_of = (
    flows.mixture_velocity(place + each, t, centres, deviation)[0, 0] for each in (step, -step)
)
growth, spreading = (after - before) / (2 * step), (right_of - left_of) / (2 * step)
print(f"d log p / dt = {growth:.4f}, div v = {spreading:.4f}")
assert math.isclose(growth, -spreading, rel_tol=1e-3)

# %% [markdown]
# ## The three roads, side by side
# One table for all. Each model got the same processor time to train, three seeds each, by `data/make_roads.py`; the
# numbers are means with the lowest and the highest seed. Fréchet and kernel distance, precision and recall as in
# lesson 7, in the features of the course's small classifier. The VAE appears twice: with the means that everybody
# prints, and with pixels drawn from its observation model, which is what its likelihood is of.
#
# Two baselines frame it. Below: a Gaussian with the mean and covariance of all training pictures, drawn from and cut
# to $[-1, 1]$. No training at all. Above: pictures of the training set themselves, a perfect copier, whom no
# distance and no precision will catch.
#
# **Predict first.** Which of the three has the lowest Fréchet distance? The highest precision, and the highest
# recall? Which draws fastest?

# %% role="spoiler" fold="Print the table, with two baselines"
roads = read_table("roads.csv")
network = features.load("fashion_mnist")
print(f"{roads[0]['budget']:.0f} processor seconds of training each")
table = {}
for row in roads:
    if row["model"] != "flow" or row["draw"] in ("euler 2", "midpoint 5"):
        table.setdefault(f"{row['model']}, {row['draw']}", []).append(row)
random = np.random.default_rng(15)
shaped = random.normal(size=(1000, 784)) * np.sqrt(np.maximum(values, 0)) @ directions.T
gaussian = np.clip(average + shaped, -1, 1).reshape(-1, 28, 28, 1).astype("float32")
copies = garments.images_train[random.permutation(60_000)[:1000]]
for name, images in (("Gaussian", gaussian), ("copies", copies)):
    found = network.features(images)
    precision, recall = metrics.precision_recall(network.test_features[:1000], found)
    table[name] = [
        {
            "frechet_distance": metrics.frechet_distance(found, network.test_features),
            "kernel_distance": metrics.kernel_distance(found, network.test_features),
            "precision": precision,
            "recall": recall,
            "draw_seconds": None,
            "bits_per_pixel": None,
        }
    ]
quality = {
    "Fréchet": ("frechet_distance", 1),
    "kernel": ("kernel_distance", 2),
    "precision": ("precision", 2),
    "recall": ("recall", 2),
}
price = {"s for 1,000": ("draw_seconds", 2), "bits a pixel": ("bits_per_pixel", 2)}
for columns in (quality, price):  # side by side they would be too wide for a page
    print(f"\n{'':18}" + "".join(f"{title:>18}" for title in columns))
    for name, rows in table.items():
        cells = (spread_of(rows, *column) for column in columns.values())
        print(f"{name:18}" + "".join(f"{cell:>18}" for cell in cells))

# %% [markdown]
# Read it in this order.
#
# - **The baselines first.** The Gaussian has learnt nothing but a mean and a covariance, and its Fréchet distance is
#   about 15. A model that scores above that has not beaten it, whatever one likes better to look at: with this
#   budget that goes for the flow and for the VAE's drawn pixels. (The score sees means and covariances of features;
#   it cannot be surprised that such a Gaussian does well.) Its precision gives it away: half of the copier's. The
#   copier is best in every column and worth nothing.
# - **The front.** The GAN leads in Fréchet distance: the brackets do not overlap, but the VAE's means follow close
#   behind. In recall it is the other way round: soft as they are, the means reach more of the real pictures. The
#   flow is a slow starter: the one at the top of this lesson had more than twenty times as long, and its score is below
#   the GAN's.
# - **Precision.** The highest of the trained rows is the flow's with two steps, 0.65 to the GAN's 0.63, well within the
#   brackets. And its recall is 0.05: two steps draw means of what is possible, which lie among real pictures and reach
#   hardly any of them. A precision says nothing without its recall.
# - **Then the spread.** Where the brackets overlap, three seeds do not tell the rows apart.
# - **The VAE's two rows.** Its bits are the price of the *lower* row. The means in the upper one are what a reader
#   is shown. No single row has both the score and the likelihood.
# - **The flow's rows** are one training, followed with few and with many passes. Equal time to train is not equal
#   time to draw: see the lower table, where the VAE's means are the fastest.
# - **What is not equal.** The GAN's recipe was tuned all through this course; the two others were set up once. And a
#   short budget favours what learns fast: `python3 data/make_roads.py --seconds 300` asks the question again. It takes
#   three quarters of an hour or more and replaces the table, `data/roads.csv`; with `--seconds 15` it makes this one.
#
# ## What was copied?
# The nearest training picture, asked again, now of drawings: how far is it, in squared difference, from a picture
# that a model drew, and how far from a *test* picture, which cannot be a copy? A copier would show as a share of
# drawings that are nearer than nearly all test pictures are. This time all 60,000 are searched: for a detector 10,000
# will do, but a copy of one of the others would pass.


# %% fold="Measure the distance to the nearest training picture"
def nearest_of_all(images):
    """As `nearest`, among all training pictures, a part at a time to spare the memory."""
    parts = np.split(flat, 6)
    return np.min([nearest(images, part) for part in parts], axis=0)


count = 300
threshold = np.quantile(nearest_of_all(garments.images_test[:2000]), 0.01)
latents = np.random.default_rng(16).standard_normal((count, 64), dtype="float32")
drawings = {
    "test pictures": garments.images_test[2000 : 2000 + count],
    "the GAN": generate(pretrained_gan.generator(), latents),
    "the VAE, means": vae_16.sample(count, seed=4),
    "the VAE, pixels": vae_16.sample(count, seed=4, noise=True),
    "the flow": picture_flow.sample(count, steps=10, seed=4),
    "copies": garments.images_train[::200],
}
print(f"{'':18} median distance   nearer than 99% of test pictures")
for name, images in drawings.items():
    distances = nearest_of_all(images)
    print(f"{name:18} {np.median(distances):12.1f} {np.mean(distances < threshold):18.1%}")

# %% [markdown]
# Copies lie at 0, and are caught. For the others, compare with the first row: test pictures cannot be copies, and
# about 1 % of them come below the line. Two cautions. A distance in pixels measures noise as well as likeness: drawn
# with its noise, a VAE's picture is far from everything. And a copy shifted by two pixels would pass. Lesson 20 asks
# harder.
#
# ## What each can tell you
#
# | | GAN | VAE | flow |
# |---|---|---|---|
# | is trained to | pass a judge | raise a bound on $\log p(x)$ | regress on velocities |
# | the training is | a game | a minimisation | a minimisation |
# | noise has | as few numbers as you like | as few numbers as you like | as many as a picture |
# | one drawing costs | one pass | one pass | as many passes as steps |
# | where does this picture come from? | it cannot say | the encoder, at once | follow the field back |
# | how likely is this picture? | no answer | a bound | yes, by the field's divergence; dear |
# | goes wrong by | collapse of modes, circles | collapse of latents, blur | too few steps; a perfect fit |
#
# ## What we saw
# - $\log p(x)$ is the ELBO plus $\mathrm{KL}(q \,\|\, p(z \mid x))$, to the last digit. A Gaussian $q$ on one of two
#   equal hills lacks $\log 2$.
# - Both ways to differentiate through chance are right on average. The reparameterised one knows which dimension did
#   what, and needs a slope; the score function needs none.
# - Four faults of a printed VAE loss crash nothing and each leaves its mark: a bound that is too good, codes whose
#   variance is not 1, latents asleep.
# - A VAE pays for what it tells. Directions of the data below the water level $\beta s^2$ are left out, and their
#   mean is what you see: blur, and in the limit collapse. State the noise truthfully, or learn it.
# - A likelihood is no detector: the nearest training picture beat it. A black picture fooled both.
# - Flow matching is a regression on the mean velocity. A perfect fit copies the training set; one Euler step draws
#   the mean.
# - A price in bits needs probabilities of values, or noise of one value's width; a GAN has no price.
#
# ## Quiz
#
# <details><summary>1. A colleague's ELBO is −2,300 nats a picture before and −2,250 after a change of the encoder
# alone. Has the model become better?</summary>
# The model, that is decoder and prior, is the same, and so is log p(x). The gap became smaller by 50 nats: the
# encoder comes closer to the posterior. Only for an unchanged encoder family does the bound say something about
# models, and even then the gap may hide it. The importance-weighted bound is less easily fooled.</details>
#
# <details><summary>2. Why is the reparameterised gradient of the number of words in a drawn sentence 0?</summary>
# That number is a step function of what was drawn: its slope is 0 wherever it exists. The score function's gradient
# is right, with a large variance.</details>
#
# <details><summary>3. A program minimises mean((x − x')²) + KL, the mean over 3 x 64 x 64 numbers, KL summed over
# 128 latents. Its drawings are all alike. What do you say, without running it?</summary>
# It says that s² is 3 · 64 · 64 / 2 = 6,144. A direction of the data needs more variance than that to be told;
# natural pictures in [−1, 1] have none that large. Sum over the pixels, with s learnt.</details>
#
# <details><summary>4. Somebody trains a flow for a week on 500 pictures and is delighted: the loss falls and falls,
# and the drawings are perfect. What do you look at?</summary>
# The nearest training picture of each drawing. The lowest loss on the training set belongs to the perfect fit, and
# that draws training pictures.</details>
#
# <details><summary>5. A paper gives 2.9 bits per pixel for its GAN. What do you ask?</summary>
# Of what model: with what noise around G(z), and how was the integral over z done? A generator alone has no
# density.</details>
#
# ## Where next
# Try your own water level: `vae.small(latent_size=16, beta=4.0)`, and count its awake latents with
# `vae.active_units`. Lesson 13 comes back to the score function, where words leave nothing else, and lesson 20 to
# the question of what was copied.
#
# ## References
# - M. Jordan, Z. Ghahramani, T. Jaakkola, L. Saul, *An introduction to variational methods for graphical models*,
#   Machine Learning 37, 1999. Section 6: the bound.
# - D. Kingma, M. Welling, *Auto-encoding variational Bayes*, ICLR 2014 (arXiv:1312.6114). Sections 2.2 to 2.4;
#   appendix B for the divergence.
# - D. Rezende, S. Mohamed, D. Wierstra, *Stochastic backpropagation and approximate inference in deep generative
#   models*, ICML 2014 (arXiv:1401.4082).
# - R. Williams, *Simple statistical gradient-following algorithms for connectionist reinforcement learning*, Machine
#   Learning 8, 1992. Section 4.
# - W. Kool, H. van Hoof, M. Welling, *Buy 4 REINFORCE samples, get a baseline for free!*, ICLR 2019 workshop.
#   Equation 8.
# - J. Schulman, *Approximating KL divergence*, 2020 (joschu.net/blog/kl-approx.html). The estimator that is never
#   negative.
# - J. Lucas, G. Tucker, R. Grosse, M. Norouzi, *Don't blame the ELBO! A linear VAE perspective on posterior
#   collapse*, NeurIPS 2019 (arXiv:1911.02469). Section 4.
# - M. Tipping, C. Bishop, *Probabilistic principal component analysis*, Journal of the Royal Statistical Society B
#   61, 1999. Section 3.2: the best line.
# - C. K. Sønderby, T. Raiko, L. Maaløe, S. K. Sønderby, O. Winther, *Ladder variational autoencoders*, NeurIPS 2016.
#   Section 2.3: warm-up.
# - D. Kingma, T. Salimans, R. Jozefowicz, X. Chen, I. Sutskever, M. Welling, *Improved variational inference with
#   inverse autoregressive flow*, NeurIPS 2016 (arXiv:1606.04934). Appendix C.8: free bits.
# - Y. Burda, R. Grosse, R. Salakhutdinov, *Importance weighted autoencoders*, ICLR 2016 (arXiv:1509.00519). Section
#   3.
# - L. Theis, A. van den Oord, M. Bethge, *A note on the evaluation of generative models*, ICLR 2016
#   (arXiv:1511.01844). Section 3.1.
# - T. Salimans, A. Karpathy, X. Chen, D. Kingma, *PixelCNN++*, ICLR 2017 (arXiv:1701.05517). Section 2.1: the
#   discretised logistic.
# - E. Nalisnick, A. Matsukawa, Y. W. Teh, D. Gorur, B. Lakshminarayanan, *Do deep generative models know what they
#   don't know?*, ICLR 2019 (arXiv:1810.09136).
# - E. DeLong, D. DeLong, D. Clarke-Pearson, *Comparing the areas under two or more correlated receiver operating
#   characteristic curves*, Biometrics 44, 1988.
# - Y. Lipman, R. Chen, H. Ben-Hamu, M. Nickel, M. Le, *Flow matching for generative modeling*, ICLR 2023
#   (arXiv:2210.02747). Sections 3 and 4.
# - X. Liu, C. Gong, Q. Liu, *Flow straight and fast*, ICLR 2023 (arXiv:2209.03003). Section 2.
# - M. Albergo, E. Vanden-Eijnden, *Building normalizing flows with stochastic interpolants*, ICLR 2023
#   (arXiv:2209.15571).

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** The time under the title is for working alone. In class, three sittings: up to exercise 2; up to the
# good place to stop; the rest. With 50 minutes: the bound with exercise 1, then exercise 3 with its four symptoms,
# then the table at the end. Exercises 2 and 5 make good homework.
#
# **The tables and weights** come from `data/make_roads.py`, which can be stopped and taken up again.
#
# **Usual misconceptions.**
#
# - "The ELBO is the likelihood." It is a bound, and a better bound may be a better encoder only. Quiz 1.
# - "KL(q, p) is small where q covers p." The other way round: q avoids what p avoids. Let them draw the best q for
#   two hills before the cell does.
# - "VAEs blur because of the squared error." A squared error with a small s does not. It blurs what is under water.
# - "Collapse is an optimisation problem." With s = 28 it is the optimum.
# - "A flow is trained by solving an ODE." It is solved only for drawing.
# - In exercise 4 many let the toll go negative; in exercise 7 many average logarithms.
#
# **Ask.**
#
# - "What would the VAE draw if its encoder were perfect?" (Still what the decoder and s allow.)
# - "Why may the flow's noise not be smaller than a picture?" (It is an invertible map.)
# - "Which of the table's numbers would you show to somebody who wants to buy pictures, and which to somebody who
#   wants to store them?"
