# %% [markdown]
# # 1. GAN mathematics
# A generative adversarial network is a game: a **generator** makes fakes, a **discriminator** says how likely each
# thing it is shown is to be real. In this lesson the things are not pictures but numbers on a line. There
# everything can be drawn and calculated, and we can find out what the best discriminator is, how much it earns,
# what the generator makes smaller when it plays against it, and in which situation it learns nothing at all.
#
# **You will be able to**
#
# - measure how far apart two densities are in four ways, and say what each of them sees and misses;
# - derive the best discriminator, and find it again with a small neural network;
# - prove and check that the best discriminator earns $-\log 4 + 2\,\mathrm{JS}$;
# - explain why this value stands still when real and fake do not overlap, and what does not.
#
# **Time:** {minutes} minutes, six exercises included, with a good place to stop half-way. All cells together run in
# under a minute. **Assumed:** Python, NumPy arrays, and calculus of one variable (derivative, integral, logarithm).
# What a density is, you should have heard once. Nothing about neural networks.
#
# **Notation.** Real things $x \sim p_{data}$ (this reads: $x$ is drawn from the density $p_{data}$). The generator
# turns noise $z \sim p_z$ into a fake $\tilde x = G(z)$; the fakes have the density $p_g$. The discriminator gives
# $D(x)$ between 0 and 1, its probability for "real". All logarithms are natural.

# %% role="setup"
import numpy as np

from course_lib.checks import check, check_that
from course_lib.theory.divergences import integrate, normal

# %% [markdown]
# ## Where we are going
# On the left: numbers that are real (blue), numbers that are fake (orange, dashed), and between them the best
# possible discriminator. On the right: the fakes move away from the real numbers, and two distances are read off.
# One of them goes on growing; the other, which is the one the original game minimises, soon has nothing more to say.
# At the end of the lesson you can explain every line of this picture.

# %%
import matplotlib.pyplot as plt

from course_lib import plots
from course_lib.theory import divergences

plots.use_course_style()
x = np.linspace(-8, 8, 3201)  # the grid on which this lesson draws and integrates

# %% fold="Draw the two pictures"
real, fake = normal(x, -1, 0.8), normal(x, 1, 0.8)
shifts = np.linspace(0, 6, 61)
moving = [normal(x, -2 + shift, 0.5) for shift in shifts]

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
plots.density_curves(x, real, fake, title="A game on the line", axes=left)
best = divergences.optimal_discriminator(real, fake)
left.plot(
    x, best, color=plots.COLOURS["discriminator"], linestyle="-.", label="best discriminator"
)
left.set(xlim=(-5, 5), ylabel="density, and probability of real", ylim=(0, 1.05))
left.legend(loc="upper right")
distances = {
    "Jensen-Shannon": [divergences.jensen_shannon(moving[0], other, x) for other in moving],
    "Wasserstein": [divergences.wasserstein(moving[0], other, x) for other in moving],
}
roles = {"Jensen-Shannon": "discriminator", "Wasserstein": "neutral"}
plots.line_curves(
    shifts,
    distances,
    "The fakes move away",
    "distance of the two bumps",
    "what is measured",
    colours=roles,
    axes=right,
)
plots.show(
    figure,
    alt="Left: a blue bump at minus one, a dashed orange bump at one, and a curve that falls from "
    "one to zero between them. Right: over the distance of two bumps, the Jensen-Shannon "
    "curve rises to about 0.7 and stays there, while the Wasserstein curve is a straight "
    "rising line.",
)

# %% [markdown]
# ## A generator on the line
# Our real numbers come from a mixture of two bumps: seven out of ten from a narrow one at $-2$, the others from a
# wider one at $1.5$. In a real task nobody knows this density; we do, and that is what lets us check everything.
#
# Our generator is as simple as can be: $G(z) = 0.5 + 1.3\,z$, with noise $z$ from the standard normal density
# $p_z$. Its fakes have a density too. If $\tilde x = b + a z$ with $a > 0$, then a fake is below $x$ exactly when
# $z$ is below $(x - b)/a$, and the derivative of that probability with respect to $x$ is the density:
#
# $$ p_g(x) = \frac{1}{a}\, p_z\!\left(\frac{x - b}{a}\right). $$
#
# The cell draws 100,000 fakes and compares their histogram with the formula. A count of $n$ things falls short or
# over by about $\sqrt n$; so a histogram bar does too, and none of them should be off by more than five of these.

# %%
random = np.random.default_rng(seed=1)


def draw_real(count):
    """Real numbers, shape (count,)."""
    first = random.random(count) < 0.7
    return np.where(first, random.normal(-2, 0.6, count), random.normal(1.5, 0.9, count))


def generator(z):
    return 0.5 + 1.3 * z


p_data = 0.7 * normal(x, -2, 0.6) + 0.3 * normal(x, 1.5, 0.9)
p_g = normal((x - 0.5) / 1.3) / 1.3

fakes = generator(random.normal(size=100_000))
counts, edges = np.histogram(fakes, bins=40, range=(-4, 5))
width = edges[1] - edges[0]
centres = edges[:-1] + width / 2
expected = 100_000 * width * np.interp(centres, x, p_g)
worst = np.max(np.abs(counts - expected) / np.sqrt(expected))
print(f"worst bar: off by {worst:.1f} times the square root of its count")
assert worst < 5

# %% fold="Draw both densities and the histogram"
figure = plots.density_curves(x, p_data, p_g, title="The running example")
figure.axes[0].bar(
    centres,
    counts / (100_000 * width),
    width,
    color=plots.COLOURS["fake"],
    alpha=0.3,
    label="100,000 fakes",
)
figure.axes[0].set(xlim=(-6, 6))
figure.axes[0].legend()
plots.show(
    figure,
    alt="The real density has a high narrow bump at minus two and a low one at 1.5. The fake "
    "density is one wide bump at 0.5, and a histogram of fakes fills it exactly.",
)

# %% [markdown]
# Two tools will be with us all the way. The **expectation** of $f(x)$ under a density is an integral, and it is
# also what an average over many samples comes close to:
#
# $$ E_{x \sim p}[f(x)] = \int p(x) f(x)\,dx \approx \frac{1}{n}\sum_{i=1}^n f(x_i), \qquad x_i \sim p . $$
#
# The integral we compute with `integrate(values, x)`: it cuts the area into thin trapezia. The average is off by
# chance, by about its **standard error**, the standard deviation of $f(x_i)$ divided by $\sqrt n$; it is off by
# more than four of them about once in 16,000 times. So four standard errors are our tolerance wherever samples are
# involved. An integral is far more exact: our grid ends at -8 and 8, which cuts a few billionths off the densities,
# and for smooth curves that end at zero the trapezia are better still. There we ask for 1e-6, a millionth; curves
# with corners get a little more. `compare` stops with an error if two numbers are further apart than we allow.


# %%
def compare(what, seen, expected, tolerance):
    assert abs(seen - expected) <= tolerance, f"{what}: {seen} is too far from {expected}"
    print(f"{what:50} {seen:9.5f} and {expected:9.5f} agree within {tolerance:.1g}")


def average(values):
    """The mean of samples, and the tolerance: four standard errors."""
    return values.mean(), 4 * values.std() / np.sqrt(len(values))


compare("area under p_data", integrate(p_data, x), 1, 1e-6)
compare("area under p_g", integrate(p_g, x), 1, 1e-6)
mean, tolerance = average(generator(random.normal(size=100_000)) ** 2)
second_moment = integrate(p_g * x**2, x)
compare("E[x^2] of the fakes: samples, integral", mean, second_moment, tolerance)
compare("E[x^2] of the fakes: integral, 0.5^2 + 1.3^2", second_moment, 0.5**2 + 1.3**2, 1e-6)

# %% [markdown]
# ## Likelihood, and the Kullback-Leibler divergence
# Before GANs, one fitted a density like this: take a family of densities, and choose the one under which the data
# are most probable. The probability of $n$ independent samples is a product, so one maximises its logarithm, the
# **log-likelihood**, here divided by $n$. By the approximation above it is close to an integral:
#
# $$ \frac1n \sum_{i=1}^n \log p_g(x_i) \;\approx\; \int p_{data} \log p_g \,dx
#  \;=\; \int p_{data} \log p_{data}\,dx \;-\; \mathrm{KL}(p_{data} \,\|\, p_g), $$
#
# where the last term is what the logarithms differ by, on average:
#
# $$ \mathrm{KL}(p_{data} \,\|\, p_g) = \int p_{data} \log \frac{p_{data}}{p_g}\,dx . $$
#
# The first term does not depend on the model. So **to maximise the likelihood is to minimise the Kullback-Leibler
# divergence** $\mathrm{KL}(p_{data}\,\|\,p_g)$: how much more probable data are under their own density than under
# the model's, in logarithms, averaged over data.
#
# For the check we take normal densities of standard deviation 1.5 and move their mean $m$.

# %%
samples = draw_real(20_000)
means = np.linspace(-3, 2, 51)


def kl(p, q):
    return integrate(p * np.log(p / q), x)


log_likelihood = np.array([np.log(normal(samples, m, 1.5)).mean() for m in means])
divergence = np.array([kl(p_data, normal(x, m, 1.5)) for m in means])
own = integrate(p_data * np.log(p_data), x)

for m in (-2.0, 0.0):
    mean, tolerance = average(np.log(normal(samples, m, 1.5)))
    by_integral = own - kl(p_data, normal(x, m, 1.5))
    compare(f"m = {m:4}: log-likelihood, integral minus KL", mean, by_integral, tolerance)
print(f"the likelihood is highest at m = {means[log_likelihood.argmax()]:.1f}")
print(f"KL is lowest at m = {means[divergence.argmin()]:.1f}")
print(f"the mean of the samples is {samples.mean():.2f}")

# %% [markdown]
# ### Never negative
# A divergence should be zero for equal densities and positive for all others. Is it so? The line $t - 1$ touches
# $\log t$ at $t = 1$ and lies above it everywhere else: the difference $t - 1 - \log t$ has the derivative
# $1 - 1/t$, which is negative before 1 and positive after. Put $t = q/p$ in $\log t \le t - 1$:
#
# $$ -\mathrm{KL}(p\,\|\,q) = \int p \log\frac{q}{p}\,dx \;\le\; \int p\left(\frac{q}{p} - 1\right)dx
#  = \int q\,dx - \int p\,dx = 1 - 1 = 0, $$
#
# and equality needs $q/p = 1$ everywhere. (Where $p$ is zero there is nothing to integrate on the left; the integral
# of $q$ is then at most 1, and the inequality still holds.) The cell tries 500 random pairs.
#
# For two normal densities there is a closed form. Write out the logarithm of the quotient and use
# $E_p[(x - m_p)^2] = s_p^2$ and $E_p[(x - m_q)^2] = s_p^2 + (m_p - m_q)^2$:
#
# $$ \mathrm{KL}\big(N(m_p, s_p^2)\,\|\,N(m_q, s_q^2)\big)
#  = \log\frac{s_q}{s_p} + \frac{s_p^2 + (m_p - m_q)^2}{2 s_q^2} - \frac12 . $$


# %% tags=["nbval-check-output"]
def kl_of_normals(m_p, s_p, m_q, s_q):
    return np.log(s_q / s_p) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - 0.5


for m_p, s_p, m_q, s_q in ((0, 1, 1, 1), (0, 0.8, 1, 1.2), (1, 1.2, 0, 0.8)):
    seen = kl(normal(x, m_p, s_p), normal(x, m_q, s_q))
    closed = kl_of_normals(m_p, s_p, m_q, s_q)
    compare(f"KL of N({m_p}, {s_p}^2), N({m_q}, {s_q}^2)", seen, closed, 1e-6)

pairs = random.uniform([-2, 0.5, -2, 0.5], [2, 1.2, 2, 1.2], size=(500, 4))
values = [kl(normal(x, a, s), normal(x, b, t)) for a, s, b, t in pairs]
print("smallest of 500 random pairs is negative:", min(values) < 0)

# %% [markdown]
# Look at the second and third line: the same two densities, in the other order, and another number. KL is no
# distance. Which density is the first matters a great deal, as the next experiment shows.
#
# **Predict first.** We fit one single bump to our data with its two bumps, once by making
# $\mathrm{KL}(p_{data}\,\|\,q)$ small, once $\mathrm{KL}(q\,\|\,p_{data})$. Where will the bump sit in each case?
# Ask yourself where $p \log (p/q)$ gets large: where the *second* density is small although the first is not.

# %% role="spoiler"
fits = [
    (normal(x, m, s), m, s) for m in np.linspace(-3, 2, 51) for s in np.linspace(0.4, 2.4, 41)
]
forward, m_forward, s_forward = min(fits, key=lambda fit: kl(p_data, fit[0]))
reverse, m_reverse, s_reverse = min(fits, key=lambda fit: kl(fit[0], p_data))
print(f"KL(p_data || q) is smallest at mean {m_forward:.1f}, std {s_forward:.2f}")
print(f"KL(q || p_data) is smallest at mean {m_reverse:.1f}, std {s_reverse:.2f}")

# %% role="spoiler" fold="Draw the two fits"
figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.2), sharey=True)
for axes, fit, title in (
    (panels[0], forward, r"Smallest KL$(p_{data} \| q)$: cover everything"),
    (panels[1], reverse, r"Smallest KL$(q \| p_{data})$: avoid the empty parts"),
):
    plots.density_curves(
        x, p_data, fit, title=title, labels=("data, $p_{data}$", "one bump, $q$"), axes=axes
    )
    axes.set(xlim=(-6, 6), ylim=(0, 0.68))
plots.show(
    figure,
    alt="Left: the fitted bump is wide, covers both bumps of the data and puts much weight "
    "between them, where there are few data. Right: the fitted bump sits on the big bump "
    "of the data and ignores the small one.",
)

# %% [markdown]
# The first fit, which is maximum likelihood, must not be small anywhere where there are data, so it covers
# everything and also invents numbers that never occur. The second must not put weight where there are no data, so
# it takes the bigger bump and forgets the other. A generator that forgets part of the data will come back in lesson
# 8, under the name of mode collapse.
#
# For a GAN there is a more practical difficulty with likelihood: it needs the number $p_g(x)$. A neural network
# that turns noise into pictures gives us samples, and nobody can work out their density. The game below needs
# samples only.

# %% [markdown]
# ## Exercise 1: a divergence that stays finite
# Where $q$ is zero and $p$ is not, $\mathrm{KL}(p\,\|\,q)$ is infinite. A cure is to mix a little of $p$ into $q$:
# the **skew divergence** (Lee, 1999) is
#
# $$ S_\alpha(p, q) = \mathrm{KL}\big(p \,\|\, (1 - \alpha)\,p + \alpha\, q\big), \qquad 0 \le \alpha \le 1 . $$
#
# With $\alpha = 1$ it is KL itself, with $\alpha = 0$ it is zero. Write `skew_divergence(p, q, x, alpha)`: `p` and
# `q` are arrays with the densities' values (all positive) on the grid `x`; return a number. `integrate(values, x)`
# is there.


# %% role="exercise" grade_id="skew_divergence"
# Exercise 1
def skew_divergence(p, q, x, alpha):
    """KL(p || (1 - alpha) p + alpha q) for densities p, q > 0 on the grid x, a number."""
    ### BEGIN SOLUTION
    mixture = (1 - alpha) * p + alpha * q
    return integrate(p * np.log(p / mixture), x)
    ### END SOLUTION


# %% role="check" grade_id="skew_divergence"
grid = np.linspace(-10, 10, 2001)
narrow, wide = normal(grid, 0, 1.2), normal(grid, 1, 1.5)
uneven = np.concatenate([np.linspace(-10, 0, 401), np.linspace(0, 10, 1201)[1:]])
exchanged = [0.0215685, 0.1791141, 0.2653658, 0.0, 0.0923606]
other_share = [0.1430870, 0.0095509, 0.0, 0.2653658, 0.0580264]
in_bits = [0.0531081, 0.2664603, 0.5847656, 0.0, 0.1602525]
summed = [3.681171, 18.46962, 40.53287, 0.0, -0.8253463]
averaged = [0.00183967, 0.00923020, 0.0202563, 0.0, -0.00051552]
first_strip = [0.0368117, 0.1846962, 0.4053287, 0.0, -0.0206337]
check(
    1,
    "skew_divergence",
    cases=[
        ((narrow, wide, grid, 0.3), 0.0368117),
        ((wide, narrow, grid, 0.8), 0.1846962),
        ((wide, narrow, grid, 1.0), 0.4053287),  # KL of normal densities, as above
        ((narrow, wide, grid, 0.0), 0.0),
        ((normal(uneven, 0, 1.2), normal(uneven, 1, 1.5), uneven, 0.6), 0.1110786),
    ],
    mistakes={
        "The roles of p and q are exchanged: the average is taken under p, and alpha is the share of q.": exchanged,
        "Is alpha the share of q? With alpha = 0 nothing of q is left and the result is 0.": other_share,
        "The logarithm is the natural one here, np.log; yours is to base 2.": in_bits,
        "This is a sum, not an integral: each value counts for a strip of width dx. Use integrate(..., x).": summed,
        "This is a mean over the grid, not an integral: use integrate(..., x).": averaged,
        "Right on an even grid. But the strips need not be equally wide: use integrate(..., x).": first_strip,
    },
    hint="First the mixture, then p * log(p / mixture), then integrate.",
    tolerance=1e-5,
)

# %% role="graded" grade_id="skew_divergence" points=1 tolerance=1e-5
x = np.sort(random.uniform(-7, 7, size=600))
values = []
for _ in range(3):
    p = normal(x, random.uniform(-2, 0), random.uniform(0.8, 1.5))
    q = normal(x, random.uniform(1, 2), random.uniform(0.8, 1.5))
    values.append(skew_divergence(p, q, x, random.uniform(0.2, 0.7)))
publish(values=values)

# %% [markdown]
# ## Jensen-Shannon: both to the middle
# KL is lopsided and can be infinite. The **Jensen-Shannon divergence** compares both densities with the one half
# way between them:
#
# $$ \mathrm{JS}(p, q) = \tfrac12 \mathrm{KL}(p\,\|\,m) + \tfrac12 \mathrm{KL}(q\,\|\,m),
#  \qquad m = \tfrac12 (p + q) . $$
#
# It is symmetric, and as a sum of two KLs never negative and zero only for $p = q$. It is never infinite either:
# $m$ is at least $p/2$, so $p/m \le 2$ and $\mathrm{KL}(p\,\|\,m) \le \int p \log 2\,dx = \log 2$; the same holds
# for $q$. So
#
# $$ 0 \le \mathrm{JS}(p, q) \le \log 2 \approx 0.693 , $$
#
# and $\log 2$ is reached when $p$ and $q$ are nowhere positive together, for then $p/m$ *is* 2 wherever $p > 0$.


# %% tags=["nbval-check-output"]
def js(p, q):
    middle = (p + q) / 2
    return (kl(p, middle) + kl(q, middle)) / 2


compare("JS(p_data, p_g) and JS(p_g, p_data)", js(p_data, p_g), js(p_g, p_data), 1e-12)
compare("JS(p_data, p_data) and 0", js(p_data, p_data), 0, 1e-12)
far_apart = js(normal(x, -2.5, 0.4), normal(x, 2.5, 0.4))
compare("JS of two bumps 5 apart and log 2", far_apart, np.log(2), 1e-6)

# %% [markdown]
# ## Exercise 2: repair
# If real things are more frequent than fakes, the middle should lie nearer to the real density. With a **weight**
# $\pi$ between 0 and 1 (Lin, 1991):
#
# $$ \mathrm{JS}_\pi(p, q) = \pi\,\mathrm{KL}(p\,\|\,m) + (1 - \pi)\,\mathrm{KL}(q\,\|\,m),
#  \qquad m = \pi p + (1 - \pi) q . $$
#
# The function below was written in a hurry. It should work for histograms and uniform densities too, which are zero
# in places (there $0 \log 0$ counts as 0, the limit of $p \log p$). It has **four** faults. Find and mend them; once
# three are mended, the check says which is the fourth. `np.where(p > 0, p, 1)` may help with one of them; mind that
# where `p` and `q` are both 0, the middle is too.


# %% role="exercise" grade_id="weighted_jensen_shannon"
# Exercise 2
def weighted_jensen_shannon(p, q, x, weight):
    """JS with `weight` on p and 1 - weight on q, for densities p, q >= 0 on the grid x."""
    ### BEGIN BROKEN
    # middle = (p + q) / 2
    # from_p = np.sum(p * np.log2(p / middle))
    # from_q = np.sum(q * np.log2(q / middle))
    # return weight * from_p + (1 - weight) * from_q
    ### END BROKEN
    ### BEGIN SOLUTION
    middle = weight * p + (1 - weight) * q
    log_p = np.log(np.where(p > 0, p, 1) / np.where(p > 0, middle, 1))  # 0 where p is 0
    log_q = np.log(np.where(q > 0, q, 1) / np.where(q > 0, middle, 1))
    return integrate(weight * p * log_p + (1 - weight) * q * log_q, x)
    ### END SOLUTION


# %% role="check" grade_id="weighted_jensen_shannon"
grid = np.linspace(-10, 10, 2001)
narrow, wide = normal(grid, 0, 1.2), normal(grid, 1, 1.5)
uneven = np.concatenate([np.linspace(-10, 0, 401), np.linspace(0, 10, 1201)[1:]])
cells = np.linspace(0, 4, 9)
block, other_block = (
    np.array([0, 0, 1, 1, 0, 0, 0, 0, 0.0]),
    np.array([0, 0, 0, 0, 0, 1, 1, 0, 0.0]),
)
ramp = np.linspace(0.1, 0.4, 9)  # nowhere 0
equal_middle = [0.0724016, 0.0786312, 0.3851619, 0.6931472, 0.6931472, 0.0672109]
other_middle = [0.0724016, 0.1452014, 0.6893800, 0.6931472, 1.1116410, 0.1241136]
equal_weights = [0.0724016, 0.1020278, 0.5114274, 0.6931472, 0.8369882, 0.0877516]
nan_at_zeros = [0.0724016, 0.0524268, np.nan, np.nan, np.nan, 0.0513437]
nan_at_common_zeros = [0.0724016, 0.0524268, 0.3027853, np.nan, np.nan, 0.0513437]
in_bits = [0.1044535, 0.0756359, 0.4368268, 1.0, 0.8112781, 0.0740733]
summed = [7.240164, 5.242679, 0.6595109, 1.3862944, 1.1246703, 4.794849]
first_strip = [0.0724016, 0.0524268, 0.3297555, 0.6931472, 0.5623351, 0.1198712]
checked_weighted_jensen_shannon = check(
    2,
    "weighted_jensen_shannon",
    cases=[
        ((narrow, wide, grid, 0.5), 0.0724016),
        ((narrow, wide, grid, 0.8), 0.0524268),
        ((block, ramp, cells, 0.25), 0.3027853),
        ((block, other_block, cells, 0.5), 0.6931472),  # log 2
        ((block, other_block, cells, 0.25), 0.5623351),  # -(1/4) log(1/4) - (3/4) log(3/4)
        ((normal(uneven, 0, 1.2), normal(uneven, 1, 1.5), uneven, 0.25), 0.0513437),
    ],
    mistakes={
        "The integral and the logarithm are right, and so is equal weight; what should m be when the weight is "
        "not 1/2?": equal_middle,
        "Right for equal weight. In m, too, the weight is that of p, and 1 - weight that of q.": other_middle,
        "The middle is right, and so is equal weight. Outside of the logarithms, too, p has the weight and q has "
        "1 - weight.": equal_weights,
        "Positive densities are right now. Where p is 0, p * log(p / m) should be 0, but log(0) is -inf, and 0 "
        "times that is nan.": nan_at_zeros,
        "Right where one density is 0. Where both are, m is 0 too: your quotient divides by it and is inf, and 0 times "
        "inf is nan. Treat m as you treat p: put 1 there.": nan_at_common_zeros,
        "Still to base 2: the natural logarithm is np.log.": in_bits,
        "A sum is not an integral: use integrate(..., x), which knows the width of the strips.": summed,
        "Right for densities that end at 0 on an even grid. The strips need not be equally wide, and the first and "
        "last value count half: use integrate(..., x).": first_strip,
    },
    hint="Compare with the formula piece by piece: the mixture m, the base of the logarithm, "
    "the strips' width dx, and what happens where a density is 0.",
    tolerance=1e-5,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="weighted_jensen_shannon" points=2 tolerance=1e-5
x = np.cumsum(random.uniform(0.1, 0.5, size=40))
values = []
for _ in range(3):
    p, q = random.gamma(0.7, size=(2, 40)) * (random.random((2, 40)) < 0.7)
    p, q = p / integrate(p, x), q / integrate(q, x)
    values.append(weighted_jensen_shannon(p, q, x, random.uniform(0.1, 0.35)))
publish(values=values)

# %% [markdown]
# ## Total variation: the best bet
# The **total variation** is half the area between the two curves, and it has a meaning you can bet on:
#
# $$ \mathrm{TV}(p, q) = \tfrac12 \int |p - q|\,dx \;=\; \max_A \big( P(A) - Q(A) \big) , $$
#
# the largest difference between the probabilities that $p$ and $q$ give to the same set $A$. *Proof.* The
# difference is $\int_A (p - q)\,dx$. Collect all $x$ where $p > q$, and nothing else: any other set leaves out
# something positive or takes in something negative. So the maximum is the area of the part where $p$ is above $q$.
# Since $\int (p - q)\,dx = 0$, the part where $q$ is above has the same area, and each is half of
# $\int |p - q|\,dx$. ∎
#
# This is also the best that a judge can do who must say just "real" or "fake" about things that are real or fake
# with equal probability. A judge who says "real" on the set $A$ is right about the share $P_{data}(A)$ of the real
# things and $1 - P_g(A)$ of the fakes. The mean of the two is the accuracy, $\frac12 (1 + P_{data}(A) - P_g(A))$, and
# at best it is $\frac12 (1 + \mathrm{TV})$. The cell tries 2,000 random sets, made of intervals, and then lets the best
# judge work on samples.


# %%
def tv(p, q):
    return integrate(np.abs(p - q), x) / 2


gains = []
for _ in range(2_000):
    borders = np.sort(random.uniform(-5, 5, size=random.integers(1, 6)))
    inside = np.searchsorted(borders, x) % 2 == 1
    gains.append(integrate(inside * (p_data - p_g), x))
print(f"best of 2,000 random sets: {max(gains):.4f};  TV: {tv(p_data, p_g):.4f}")
assert (
    max(gains) < tv(p_data, p_g) + 1e-3
)  # a set's border cuts a strip of the grid: its area is off by a strip at most

says_real = p_data > p_g
right_on_real = np.interp(draw_real(100_000), x, says_real)
right_on_fake = 1 - np.interp(generator(random.normal(size=100_000)), x, says_real)
accuracy, tolerance = average(np.concatenate([right_on_real, right_on_fake]))
best_accuracy = (1 + tv(p_data, p_g)) / 2
compare("accuracy of the best judge and (1 + TV) / 2", accuracy, best_accuracy, tolerance)

# %% [markdown]
# ## Wasserstein: earth to be moved
# The fourth measure asks not how much the densities differ but *how far* the difference has to travel. Think of $p$
# as a heap of earth, and of $q$ as the shape you want it to have. The work is the amount of earth times the way it
# goes; the **Wasserstein distance** $W(p, q)$, also called earth mover's distance, is the least work that does it.
# In one dimension it has a beautifully simple form. Let $P(t)$ and $Q(t)$ be the amounts to the left of $t$, the
# cumulative distributions. Then
#
# $$ W(p, q) = \int |P(t) - Q(t)|\,dt . $$
#
# *Proof.* Stand at the point $t$. To your left there are $P(t)$ now and should be $Q(t)$ in the end, so at least
# $|P(t) - Q(t)|$ must pass you, whatever the plan. A grain that goes from $a$ to $b$ passes all points between, a
# stretch of length $|a - b|$; so adding up what passes at each point gives the whole work, and it is at least the
# integral. And there is a plan that needs no more: keep the grains in order, the leftmost grain to the leftmost
# place, and so on. Then no two grains pass the same point in opposite directions, and exactly $|P(t) - Q(t)|$ goes
# by. ∎
#
# The plan of the proof is also a recipe for samples: sort both, and average the distance of the first to the first,
# the second to the second, ... For the check we need two cases where the answer is plain. A bump that is only
# shifted: everything moves by the same way, $W = |m_p - m_q|$. A bump that is only stretched about its mean: the
# grain at $m + s_p z$ goes to $m + s_q z$, so $W = |s_p - s_q|\,E|z| = |s_p - s_q| \sqrt{2/\pi}$.


# %%
def cumulative(p):
    """The area to the left of each grid point."""
    strips = (p[1:] + p[:-1]) / 2 * np.diff(x)
    return np.concatenate([[0], np.cumsum(strips)])


def w(p, q):
    return integrate(np.abs(cumulative(p) - cumulative(q)), x)


shifted = w(normal(x, -1, 0.7), normal(x, 2, 0.7))
stretched = w(normal(x, 0, 0.5), normal(x, 0, 1.2))
compare("shifted by 3", shifted, 3, 1e-5)
compare("stretched from 0.5 to 1.2", stretched, 0.7 * np.sqrt(2 / np.pi), 1e-5)

real_in_order = np.sort(draw_real(100_000))
fake_in_order = np.sort(generator(random.normal(size=100_000)))
moved = np.abs(real_in_order - fake_in_order).mean()
# Sorted samples depend on each other, so the standard error of `average` does not hold. The
# quantiles of the samples stray by some (standard deviation) / sqrt(n) = 0.006: allow five of it.
compare("W(p_data, p_g): sorted samples, integral", moved, w(p_data, p_g), 0.03)

# %% [markdown]
# The picture shows the same two densities three times, and what each measure looks at.

# %% fold="Draw what each measure looks at"
figure, panels = plt.subplots(1, 3, figsize=(11, 3.4))
grey = {"color": plots.COLOURS["neutral"], "alpha": 0.35, "linewidth": 0}
panels[0].fill_between(x, p_data, p_g, **grey)
panels[0].set(
    title=f"TV = {tv(p_data, p_g):.2f}: half the grey area", xlabel="x", ylabel="density"
)
for p, role, style in ((p_data, "real", "-"), (p_g, "fake", "--")):
    panels[0].plot(x, p, color=plots.COLOURS[role], linestyle=style, label=role)
    ratio = np.log(p / ((p_data + p_g) / 2))
    panels[1].plot(x, p * ratio, color=plots.COLOURS[role], linestyle=style)
    panels[2].plot(x, cumulative(p), color=plots.COLOURS[role], linestyle=style)
both = p_data * np.log(2 * p_data / (p_data + p_g)) + p_g * np.log(2 * p_g / (p_data + p_g))
panels[1].fill_between(x, both, **grey)
panels[1].set(
    title=f"JS = {js(p_data, p_g):.2f}: half the grey area",
    xlabel="x",
    ylabel=r"$p \log(p/m)$, and their sum (grey)",
)
panels[2].fill_between(x, cumulative(p_data), cumulative(p_g), **grey)
panels[2].set(
    title=f"W = {w(p_data, p_g):.2f}: the grey area",
    xlabel="t",
    ylabel="cumulative, $P(t)$ and $Q(t)$",
)
panels[0].legend()
for axes in panels:
    axes.set(xlim=(-5, 5))
plots.show(
    figure,
    alt="Three panels with the real and the fake density. First the area between the "
    "densities, grey. Second the two integrands of the Jensen-Shannon divergence, and "
    "their sum, which is never negative, in grey. Third the two cumulative distributions, "
    "both rising from zero to one, with the area between them in grey.",
)

# %% [markdown]
# ## Exercise 3: a slope
# The heap lies on a slope, and to push earth to the right (uphill) costs more than to the left. There are $n$
# places at the positions `x`, increasing but **not evenly spaced**, with masses `p` now and `q` in the end (both
# arrays sum to 1). Moving a mass by a length $d$ costs `right` per unit of mass and length to the right, and `left`
# to the left.
#
# Write `moving_cost(p, q, x, right, left)`, the least total cost. Stand between two neighbouring places, as in the
# proof: how much must pass, and in which direction? These are points and not densities, so sums and `np.cumsum`
# will do, no `integrate`. For example, `moving_cost([1, 0], [0, 1], [0, 2], 3, 1)`, as arrays, is 6.


# %% role="exercise" grade_id="moving_cost"
# Exercise 3
def moving_cost(p, q, x, right, left):
    """Least cost of moving masses p to q at positions x; `right`, `left`: cost per length."""
    ### BEGIN SOLUTION
    surplus = np.cumsum(p - q)[:-1]  # too much on the left of each gap: it has to go right
    rate = np.where(surplus > 0, right, left)
    return np.sum(rate * np.abs(surplus) * np.diff(x))
    ### END SOLUTION


# %% role="check" grade_id="moving_cost"
places = np.array([0.0, 1.0, 1.5, 4.0])
heap, wanted = np.array([0.5, 0.1, 0.4, 0.0]), np.array([0.2, 0.5, 0.1, 0.2])
spread, to_the_right = np.array([0.6, 0.0, 0.4]), np.array([0.1, 0.3, 0.6])
other_way = [2.0, 0.85, 0.5, 1.625, 0.45]
without_lengths = [3.0, 0.6, 1.05, 0.45, 1.4]
checked_moving_cost = check(
    3,
    "moving_cost",
    cases=[
        ((np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([0.0, 2.0]), 3.0, 1.0), 6.0),
        ((heap, wanted, places, 1.0, 1.0), 0.85),  # 0.3 * 1 + 0.1 * 0.5 + 0.2 * 2.5
        ((heap, wanted, places, 2.0, 0.5), 1.625),
        ((wanted, heap, places, 2.0, 0.5), 0.5),
        ((spread, to_the_right, np.array([0.0, 1.0, 3.0]), 2.0, 0.5), 1.8),
    ],
    mistakes={
        "The amounts are right, the direction is not: too much on the left of a gap has to go right.": other_way,
        "The places are not evenly spaced: what passes a gap travels the gap's length, np.diff(x).": without_lengths,
        "What passes a gap is the difference of everything to the left of it, not of one place: np.cumsum.": (
            lambda p, q, x, right, left: np.sum(
                np.where((p - q)[:-1] > 0, right, left) * np.abs(p - q)[:-1] * np.diff(x)
            )
        ),
        "Both directions cost the same in your answer.": [6.0, 0.85, 1.7, 1.7, 1.8],
        "The amounts are right. The direction at a gap is decided by all that lies left of it, not by the place beside "
        "it.": [6.0, 0.85, 1.625, 0.5, 1.2],
    },
    hint="There are n - 1 gaps between n places. Through each passes the cumulated difference "
    "of p and q left of it.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="moving_cost" points=2
values = []
for _ in range(3):
    size = int(random.integers(6, 12))
    p, q = random.dirichlet(np.ones(size), size=2)
    places = np.cumsum(random.uniform(0.2, 3.0, size))
    values.append(moving_cost(p, q, places, random.uniform(2, 4), random.uniform(0.5, 1.5)))
publish(values=values)

# %% [markdown]
# **A good place to stop.** You have four measures of how far apart two densities are, three of them written by
# yourself; next comes the game, and what its best player earns.

# %% [markdown]
# ## The game
# Now to the game of Goodfellow and others (2014). The discriminator is shown real things and fakes, half and half.
# To each $x$ it gives a probability $D(x)$ that it is real. Then it is told the truth and is paid the logarithm of
# the probability it gave to the truth: $\log D(x)$ for a real $x$, $\log(1 - D(\tilde x))$ for a fake. The
# logarithm of a probability is at most 0, so the payment is a fine, and a great one for being sure and wrong. The
# sum of both averages is the **value**
#
# $$ V(D, G) = E_{x \sim p_{data}}[\log D(x)] + E_{z \sim p_z}[\log(1 - D(G(z)))]
#  = \int \Big( p_{data}(x) \log D(x) + p_g(x) \log(1 - D(x)) \Big)\,dx . $$
#
# The discriminator wants it large, the generator wants it small: $\min_G \max_D V(D, G)$. As losses to be made
# small, $L_D = -V$ and, in this first form of the game, $L_G = E_z[\log(1 - D(G(z)))]$; the other term of $V$ does
# not contain $G$. Lesson 3 is about better choices of $L_G$.
#
# **Predict first.** Three discriminators for our example. They all know that numbers on the left are
# more often real:
#
# - *blind* says 1/2, always;
# - *careful* says $\sigma(-0.7\,(x + 1))$: from "probably real" on the left it goes slowly over to "probably fake";
# - *bold* says $\sigma(-4\,(x + 1))$: the same with a steep edge.
#
# Here $\sigma(l) = 1/(1 + e^{-l})$ is the sigmoid, which makes a probability of any number. *Careful* and *bold*
# think "real" of the same numbers, so as judges they are equally often right, in 77 of 100 cases; *blind* is right
# in 50. In which order do the three come by value?


# %% role="spoiler"
def sigmoid(logit):
    return 1 / (1 + np.exp(-logit))


def value(d, p_data, p_g):
    return integrate(p_data * np.log(d) + p_g * np.log(1 - d), x)


players = {
    "blind": lambda x: 0.5 + 0 * x,
    "careful": lambda x: sigmoid(-0.7 * (x + 1)),
    "bold": lambda x: sigmoid(-4 * (x + 1)),
}
for name, player in players.items():
    on_real, tolerance_real = average(np.log(player(draw_real(100_000))))
    on_fake, tolerance_fake = average(
        np.log(1 - player(generator(random.normal(size=100_000))))
    )
    by_integral = value(player(x), p_data, p_g)
    compare(
        f"V of {name}: samples, integral",
        on_real + on_fake,
        by_integral,
        tolerance_real + tolerance_fake + 1e-6,
    )

# %% [markdown]
# The bold one comes last, far behind the blind one, although it is right so often. Three in ten real numbers lie
# on the right side, and there *bold* is sure that they are fake: at $x = 1.5$ it gives 1 in 22,000 to the truth and
# pays 10. The logarithm rewards honest probabilities. And the blind player earns $\log\frac12 + \log\frac12 =
# -\log 4 \approx -1.386$ against any generator; remember this number.

# %% [markdown]
# ## The best discriminator
# **Theorem.** For a fixed generator, $V(D, G)$ is largest for
#
# $$ D^*(x) = \frac{p_{data}(x)}{p_{data}(x) + p_g(x)} . $$
#
# *Proof.* The value is an integral over $x$, and at each $x$ the discriminator may choose $D(x)$ as it likes,
# independently of its choice elsewhere. So the integral is largest if at each single $x$ the integrand is. Fix $x$
# and write $a = p_{data}(x)$, $b = p_g(x)$, both positive, and $y = D(x)$. We look for the largest value of
#
# $$ f(y) = a \log y + b \log(1 - y), \qquad 0 < y < 1 . $$
#
# The derivative is $f'(y) = \frac{a}{y} - \frac{b}{1 - y}$. It is zero when $a (1 - y) = b y$, that is for
# $y = \frac{a}{a + b}$. The second derivative, $-\frac{a}{y^2} - \frac{b}{(1 - y)^2}$, is negative everywhere, so
# the curve bends downwards all along, and the one point where it is level is its maximum. (If $b = 0$, $f$ grows up
# to $y = 1$, if $a = 0$ it falls from $y = 0$ on; the formula says 1 and 0, as it should.) ∎
#
# It is what Bayes' rule says: if real and fake come half and half, $D^*(x)$ is the probability that this $x$ is a real
# one. The number $l$ with $\sigma(l) = D$ is called the **logit** of $D$; solving for it gives $l = \log \frac{D}{1 -
# D}$. For the best discriminator it is the difference of the log-densities:
#
# $$ l^*(x) = \log \frac{D^*(x)}{1 - D^*(x)} = \log p_{data}(x) - \log p_g(x) . $$
#
# **The best discriminator knows the quotient of the two densities.** That is how a game played with samples can do
# what else would need densities.
#
# Two checks. First, at a few $x$, search for the best $y$ among 100,000 values and compare with the formula; the
# search can be off by the spacing. Second, push the logit of $D^*$ away in 300 random directions; no push may earn
# more.

# %%
best = p_data / (p_data + p_g)
y = np.linspace(0, 1, 100_001)[1:-1]


def payment(point):
    """a and b at a point, and the integrand f for every y."""
    a, b = np.interp(point, x, p_data), np.interp(point, x, p_g)
    return a, b, a * np.log(y) + b * np.log(1 - y)


for point in (-2.0, -0.8, 1.5):
    a, b, f = payment(point)
    compare(f"best y at x = {point}: search, a / (a + b)", y[f.argmax()], a / (a + b), 1e-5)

highest = value(best, p_data, p_g)
logit = np.log(p_data) - np.log(p_g)
sizes = np.linspace(-1.5, 1.5, 17)
pushed = []
for _ in range(300):
    centre, bump_width = random.uniform(-4, 4), random.uniform(0.3, 2)
    push = np.exp(-(((x - centre) / bump_width) ** 2)) * random.choice([-1, 1])
    pushed.append([value(sigmoid(logit + size * push), p_data, p_g) for size in sizes])
assert np.max(pushed) <= highest + 1e-12
print(f"300 directions tried, none earns more than D*: V(D*, G) = {highest:.4f}")

# %% fold="Draw both searches"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6))
for point, role, style in (
    (-2.0, "real", "-"),
    (-0.8, "generator", "--"),
    (1.5, "neutral", "-."),
):
    a, b, f = payment(point)
    label = f"x = {point}: a = {a:.2f}, b = {b:.2f}"
    left.plot(y, f, linestyle=style, color=plots.COLOURS[role], label=label)
    left.plot(a / (a + b), f.max(), "o", color=plots.COLOURS["discriminator"], markersize=7)
left.set(
    title="One x at a time: the dot is at a / (a + b)",
    xlabel="y = D(x)",
    ylabel="a log y + b log(1 - y)",
    ylim=(-2, 0),
    xlim=(0, 1),
)
left.legend(loc="lower center")
for earned in pushed[:12]:
    right.plot(sizes, earned, color=plots.COLOURS["neutral"], linestyle="-", linewidth=0.9)
right.plot(0, highest, "o", color=plots.COLOURS["discriminator"], markersize=8)
right.annotate("$D^*$", (0, highest), textcoords="offset points", xytext=(0, 7), ha="center")
right.margins(y=0.15)
right.set(
    title="Away from D*, in 12 directions",
    xlabel="size of the push to the logit",
    ylabel="V(D, G)",
)
plots.show(
    figure,
    alt="Left: for three points x, a curve over y from zero to one that rises and falls "
    "again, with its top marked at a over a plus b. Right: twelve curves of the value "
    "over the size of a push; all have their highest point at zero, at the best "
    "discriminator.",
)

# %% [markdown]
# ## Exercise 4: derive and check
# Two changes to the game that are used in practice.
#
# 1. *Unequal shares.* A share $\pi$ of what is shown is real, $1 - \pi$ is fake.
# 2. *One-sided label smoothing* (Salimans and others, 2016). The discriminator should not get too sure. So for a real
#    thing it is paid $(1 - s) \log D(x) + s \log(1 - D(x))$, with a small $s$ such as 0.1. Fakes stay as they are.
#
# Together the discriminator maximises
#
# $$ \int \pi\, p_{data} \Big( (1 - s) \log D + s \log(1 - D) \Big) + (1 - \pi)\, p_g \log(1 - D) \;dx . $$
#
# On paper: what takes the places of $a$ and $b$ in the proof? Then write `smoothed_discriminator(p_data, p_g,
# proportion, smoothing)`, the best $D$ at each point; `p_data` and `p_g` are arrays, not both zero at the same
# place. With `proportion` 1/2 and `smoothing` 0 it must give $D^*$. The check knows no formula: it searches for the
# best $y$ at each point, as the cell above did.


# %% role="exercise" grade_id="smoothed_discriminator"
# Exercise 4
def smoothed_discriminator(p_data, p_g, proportion, smoothing):
    """The best D at each point, an array like p_data."""
    ### BEGIN SOLUTION
    real, fake = proportion * p_data, (1 - proportion) * p_g
    return (1 - smoothing) * real / (real + fake)
    ### END SOLUTION


# %% role="check" grade_id="smoothed_discriminator"
def by_search(p_data, p_g, proportion, smoothing):
    """The y among 100,000 that makes the integrand largest, for each pair of densities."""
    y = np.linspace(0, 1, 100_001)[1:-1]
    found = []
    for p, q in zip(p_data, p_g, strict=True):
        on_real = (1 - smoothing) * np.log(y) + smoothing * np.log(1 - y)
        found.append(
            y[np.argmax(proportion * p * on_real + (1 - proportion) * q * np.log(1 - y))]
        )
    return np.array(found)


densities = np.array([0.5, 0.2, 0.3]), np.array([0.1, 0.2, 0.6])
checked_smoothed_discriminator = check(
    4,
    "smoothed_discriminator",
    cases=[
        ((*densities, proportion, smoothing), by_search(*densities, proportion, smoothing))
        for proportion, smoothing in ((0.5, 0.0), (0.8, 0.0), (0.5, 0.2), (0.3, 0.1))
    ],
    mistakes={
        "This is D* itself. It has to depend on the proportion and the smoothing.": lambda p, q, share, s: (
            by_search(p, q, 0.5, 0)
        ),
        "Right without smoothing. What is taken from log D for a real thing goes to log(1 - D), into b; it is not "
        "lost.": lambda p, q, share, s: by_search((1 - s) * p, q, share, 0),
        "Real and fake are exchanged: D is the probability of real.": lambda p, q, share, s: (
            by_search(q, p, 1 - share, s)
        ),
        "Right for equal shares. A share pi of everything is real: it multiplies p_data, and 1 - pi multiplies "
        "p_g.": lambda p, q, share, s: by_search(p, q, 0.5, s),
    },
    hint="Collect everything that stands before log D: that is a. Everything before log(1 - D) "
    "is b. Then a / (a + b).",
    tolerance=1e-4,  # the search goes in steps of 1e-5
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="smoothed_discriminator" points=2
p_data, p_g = random.uniform(0.05, 0.9, size=(2, 12))
values = [
    smoothed_discriminator(p_data, p_g, proportion, smoothing)
    for proportion, smoothing in zip(
        random.uniform(0.1, 0.4, 3), random.uniform(0.05, 0.3, 3), strict=True
    )
]
publish(values=np.array(values))

# %% [markdown]
# ## Found again by training
# So far we used the densities. Now we forget them, keep the samples, and let a **neural network** find $D^*$. Ours is
# a formula with some 1,150 adjustable numbers, together called $\phi$. A *dense layer* turns an array of numbers $h$
# into $\tanh(W h + c)$, with a matrix $W$ and an array $c$ of adjustable numbers; two such layers of 32 numbers each,
# and a last one without tanh, make the logit $l(x)$ of $x$. *Training* is: take a few hundred samples, compute the
# loss, find its derivative with respect to every number in $\phi$, move each number a small step downhill, and go on
# with other samples. Adam is a good way to choose the steps; `CosineDecay` makes them smaller towards the end, so
# that the network settles.
#
# The loss is the binary cross-entropy with targets 1 for real and 0 for fake: the mean of $-\log D(x)$ over the
# real and $-\log(1 - D(x))$ over the fake ones. With as many real as fake ones this is $-V/2$, as an average over
# everything: to make it small is to make $V$ large. `from_logits=True` tells Keras that the network gives $l$, not
# $\sigma(l)$.

# %%
import time

import keras  # brings in TensorFlow, which takes some seconds

keras.utils.set_random_seed(1)
COUNT = 20_000
real_numbers, fake_numbers = draw_real(COUNT), generator(random.normal(size=COUNT))
numbers = np.concatenate([real_numbers, fake_numbers])[:, None]
targets = np.concatenate([np.ones(COUNT), np.zeros(COUNT)])[:, None]


def new_discriminator():
    network = keras.Sequential(
        [
            keras.Input((1,)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(1),  # the logit
        ]
    )
    network.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 1_200)),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    return network


def says(network, numbers):
    """D of each number, by a network: shape (count,)."""
    logits = network.predict(numbers[:, None], batch_size=10_000, verbose=0)[:, 0]
    return sigmoid(logits.astype("float64"))


discriminator = new_discriminator()
untrained = says(discriminator, x)
started = time.perf_counter()
history = discriminator.fit(numbers, targets, batch_size=500, epochs=15, verbose=0)
print(f"1,200 steps in {time.perf_counter() - started:.1f} s")
trained = says(discriminator, x)

# %% [markdown]
# **Predict first.** The next cell draws the trained $D$ beside $D^*$. Where on the line will the two be closest, and
# where may $D$ be anything?

# %% role="spoiler" fold="Draw the trained discriminator, and what it earned"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6), width_ratios=(3, 2))
plots.density_curves(x, p_data, p_g, title="The trained discriminator against D*", axes=left)
colour, grey = plots.COLOURS["discriminator"], plots.COLOURS["neutral"]
left.plot(x, best, color=grey, linestyle=":", label="$D^*$, from the densities")
thin = {"linestyle": plots.STYLES[-1], "linewidth": 0.9, "alpha": 0.7}
left.plot(x, untrained, color=colour, label="D before training", **thin)
left.plot(x, trained, color=colour, linestyle="-.", label="D after training")
left.set(ylim=(0, 1.45), yticks=[0, 0.5, 1], ylabel="density, and probability of real")
left.legend(loc="upper center", ncols=3, fontsize=8)
epochs = 1 + np.arange(len(history.history["loss"]))
payments = -2 * np.array(history.history["loss"])
right.plot(epochs, payments, "o-", color=colour, markersize=3, label="V while training")
right.axhline(highest, color=grey, linestyle=":", label="$V(D^*, G)$")
right.axhline(-np.log(4), color=grey, linestyle="--", linewidth=1, label="blind: $-$log 4")
right.set(title="What it earns", xlabel="pass through the samples", ylabel="V(D, G)")
right.legend(loc="center right")
plots.show(
    figure,
    alt="Left: both densities and three discriminators. Before training it is nearly flat; "
    "after training it lies on the optimal one wherever there are samples, and leaves it "
    "further out, beyond minus four and four. Right: the value rises above minus log 4 "
    "and comes up to the optimal value.",
)

# %% role="spoiler"
often = p_data + p_g > 0.05
seldom = ~often
error = np.abs(trained - best)
compare("largest error where samples are frequent, and 0", error[often].max(), 0, 0.1)
print(f"largest error elsewhere: {error[seldom].max():.2f}")
compare("V(trained D, G), V(D*, G)", value(trained, p_data, p_g), highest, 0.02)

# %% [markdown]
# With no density in sight, from 40,000 numbers with labels, the network has found the theorem's curve. How close
# may we expect it to come? The best it can do in a small stretch of the line is to count which share of the numbers
# there is real. Where $p_{data} + p_g > 0.05$, a stretch of length 0.5 holds at least $20{,}000 \cdot 0.05 \cdot 0.5
# = 500$ numbers; a share counted from 500 has a standard error of at most $0.5 / \sqrt{500} = 0.022$. Four of these
# are 0.09, so we allowed 0.1. In $V$ a small error $\epsilon$ of $D$ counts only as its square, since $V$ is level
# at $D^*$; we allowed 0.02.
#
# Where there are hardly any samples, errors cost nothing, and so nobody corrects them. Left of -4, for example,
# $D^*$ goes down to 0, because the wide bump of the fakes reaches further out than the narrow one of the data;
# but only about a dozen of our 40,000 numbers lie there, and $D$ is whatever the layers happen to give. Keep this
# in mind, because a generator learns from $D$ just at the places where its fakes are.
#
# Measured with the densities, the trained $D$ earns almost what $D^*$ does, and not more: by the theorem it cannot.
# Only the curve on the right may end a hair above the line. It is an average over the samples $D$ was trained on,
# and it has learned some of their accidents too.
#
# ### Your discriminator, found by training too
# In exercise 4 you derived the best discriminator of a changed game. Training can be asked about that game as well.
# We show a fresh network half as many real numbers as before, so that a third of what it sees is real, $\pi =
# \frac13$, and give them the target 0.9 in place of 1. The cross-entropy with a target $t$ is $-t \log D - (1 - t)
# \log(1 - D)$, so this is smoothing with $s = 0.1$. The cell compares what the network has found with
# `checked_smoothed_discriminator`. A name that begins with `checked_` is what the check under an exercise hands on:
# your own function if it is right, else the course's.
#
# A stretch of length 0.5 where $\pi\,p_{data} + (1 - \pi)\,p_g > 0.05$ holds at least $30{,}000 \cdot 0.05 \cdot 0.5
# = 750$ numbers, and four standard errors of a share are at most $4 \cdot 0.5/\sqrt{750} = 0.073$. We allow 0.1, as
# before.

# %%
fewer = real_numbers[: COUNT // 2]
shown = np.concatenate([fewer, fake_numbers])[:, None]
softened = np.concatenate([np.full(len(fewer), 0.9), np.zeros(COUNT)])[:, None]
second = new_discriminator()
second.fit(shown, softened, batch_size=500, epochs=20, verbose=0)
found = says(second, x)

predicted = checked_smoothed_discriminator(p_data, p_g, 1 / 3, 0.1)
crowded = p_data / 3 + 2 * p_g / 3 > 0.05
apart = np.abs(found - predicted)[crowded].max()
compare("network and your formula, where samples are frequent", apart, 0, 0.1)
print(f"the most that D says there: by training {found[crowded].max():.2f},", end=" ")
print(f"by your formula {np.max(np.asarray(predicted)[crowded]):.2f}")

# %% [markdown]
# Both stop short of 0.9, the target of a real number, however sure the case. And your curve is the one that the
# network found, from samples, without having seen the formula.

# %% [markdown]
# ## The value of the game
# What does the best discriminator earn? Put $D^*$ into $V$, and divide numerator and denominator by two, so that
# the middle $m = \frac12 (p_{data} + p_g)$ appears:
#
# $$ \log D^* = \log \frac{p_{data}}{p_{data} + p_g} = \log \frac{p_{data}}{2 m} = \log\frac{p_{data}}{m} - \log 2,
#  \qquad \log (1 - D^*) = \log \frac{p_g}{m} - \log 2 . $$
#
# Each of the two $-\log 2$ is integrated against a density, whose area is 1. What remains are two KLs to the
# middle:
#
# $$ V(D^*, G) = -\log 2 - \log 2 + \mathrm{KL}(p_{data}\,\|\,m) + \mathrm{KL}(p_g\,\|\,m)
#  = -\log 4 + 2\,\mathrm{JS}(p_{data}, p_g) . $$
#
# JS is never negative and zero only for equal densities. So **against the best discriminator a generator can reach
# no less than $-\log 4$, and it gets there only with $p_g = p_{data}$**, when $D^* = \frac12$ everywhere and the
# best discriminator is the blind one. That is the theorem behind GANs.

# %%
for name, fake in (
    ("our generator", p_g),
    ("one bump, N(-1, 1)", normal(x, -1, 1)),
    ("the data", p_data),
):
    d = p_data / (p_data + fake)
    seen, formula = value(d, p_data, fake), -np.log(4) + 2 * js(p_data, fake)
    compare(f"V(D*, G), -log 4 + 2 JS: {name}", seen, formula, 1e-6)


new_fakes = generator(random.normal(size=50_000))
on_real, tolerance_real = average(np.log(says(discriminator, draw_real(50_000))))
on_fake, tolerance_fake = average(np.log(1 - says(discriminator, new_fakes)))
measured = on_real + on_fake  # V of the trained D, at most 0.02 below that of D*
compare(
    "JS: network and new samples, densities",
    (measured + np.log(4)) / 2,
    js(p_data, p_g),
    (tolerance_real + tolerance_fake + 0.02) / 2,
)

# %% [markdown]
# The last line deserves a second look. The network was never told what a Jensen-Shannon divergence is, and yet
# by training it we have *measured* one, from samples alone. It is how far you can tell the two apart. (A network
# that is too small, or trained too briefly, measures too little; that is a theme of lesson 7.)
#
# ## Exercise 5: predict
# Real numbers are uniform on $[0, 1]$. The generator's are uniform on
# $[\text{shift}, \text{shift} + \text{width}]$, for any `shift` and a positive `width`. Predict what the best
# discriminator earns, *without* an integral on a grid: think about which numbers only the data produce, which only
# the generator, and which both, and what $D^*$ is there.
#
# Write `predict_value(shift, width)`. Do it on paper for `width` 1 first.


# %% role="exercise" grade_id="predict_value"
# Exercise 5
def predict_value(shift, width):
    """V(D*, G), a number, for data uniform on [0, 1] and fakes on [shift, shift + width]."""
    ### BEGIN SOLUTION
    overlap = max(0.0, min(1.0, shift + width) - max(0.0, shift))
    height = 1 / width  # of p_g; the height of p_data is 1
    # Outside the overlap the discriminator is sure and right, and pays log 1 = 0.
    return overlap * (np.log(1 / (1 + height)) + height * np.log(height / (1 + height)))
    ### END SOLUTION


# %% role="check" grade_id="predict_value"
height_one = [-1.3862944, 0, -0.6931472, -1.3862944, -0.6931472, -0.6931472, -1.3862944, 0, 0]
unweighted = [-1.3862944, 0, -0.6931472, -1.5040774, -0.6931472, -0.7520387, -1.5040774, 0, 0]
right_up_to_width_2 = [-1.3862944, 0, -0.6931472, -0.9547713, -0.6931472, -0.9547713]
below_zero = [
    -1.3862944,
    0,
    -0.6931472,
    -0.9547713,
    -1.3862944,
    -0.9547713,
    -1.4321569,
    -0.6255030,
    -1.3862944,
]
unguarded = [
    -1.3862944,
    2.7725887,
    -0.6931472,
    -0.9547713,
    -0.6931472,
    -0.9547713,
    -0.9547713,
    0.6255030,
    2.7725887,
]
checked_predict_value = check(
    5,
    "predict_value",
    cases=[
        ((0.0, 1.0), -1.3862944),  # equal: -log 4
        ((3.0, 1.0), 0.0),  # no overlap
        ((0.5, 1.0), -0.6931472),
        ((0.0, 2.0), -0.9547713),
        ((-0.5, 1.0), -0.6931472),
        ((0.25, 0.5), -0.9547713),
        ((-0.5, 2.0), -0.9547713),  # on both sides beyond the data
        ((-0.5, 0.25), 0.0),  # no overlap, on the other side
        ((-3.0, 1.0), 0.0),
    ],
    mistakes={
        "Right for width 1. The density of the fakes is not 1 but 1/width, or its area would not be 1.": height_one,
        "D* is right. But the fakes' term is weighted with their density, 1/width, too.": unweighted,
        "This counts each place as if D* were 1/2 there. D* is 1 where only data are and 0 where only fakes are, and "
        "log 1 = 0.": [-1.3862944] * 9,
        "Two blocks that do not overlap: the discriminator is never wrong. The overlap must not become "
        "negative.": unguarded,
        "Right where the fakes are beyond the data on the right. On the left, too, the overlap must not become "
        "negative.": [*right_up_to_width_2, -0.9547713, 0.6255030, 2.7725887],
        "Mind shifts below 0: the overlap begins at max(0, shift).": below_zero,
        "Nearly: for a shift below 0 the overlap ends where the data end, at min(1, shift + width).": [
            *right_up_to_width_2,
            -1.4321569,
            0,
            0,
        ],
        "Fakes that reach beyond the data on both sides overlap with all of them, whatever the shift.": [
            *right_up_to_width_2,
            -0.4773856,
            0,
            0,
        ],
    },
    hint="On the overlap p_data = 1 and p_g = 1/width, so D* = 1 / (1 + 1/width). Elsewhere "
    "the integrand is 0.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="predict_value" points=3
cases = [
    (random.uniform(0.1, 0.7), random.uniform(1.2, 3)),
    (random.uniform(0.1, 0.3), random.uniform(0.3, 0.6)),
]
cases += [
    (random.uniform(-0.8, -0.2), random.uniform(0.9, 1.1)),
    (random.uniform(-0.8, -0.2), random.uniform(2, 3)),  # beyond the data on both sides
    (random.uniform(1.1, 2), random.uniform(0.5, 2)),
    (random.uniform(-4, -3), random.uniform(0.5, 2)),
]
publish(values=[predict_value(shift, width) for shift, width in cases])

# %% [markdown]
# When you have your prediction, run the next cell. Fakes of three widths slide over the data; the dots are the value,
# computed on a grid, and the lines are `checked_predict_value`: your prediction, if the check said so. (Its output is
# not shown beforehand.) On this grid the edge of a block is off by up to a thousandth, so the dots are too, by a few
# thousandths at most.

# %% role="spoiler" fold="Compute the value on a grid, and draw the predictions"
fine = np.linspace(-4, 5, 9001)


def block(start, width):
    return np.where((fine >= start) & (fine <= start + width), 1 / width, 0)


figure, axes = plt.subplots(figsize=(6.4, 3.6))
furthest = 0
for width, role, style in (
    (0.5, "discriminator", "-"),
    (1, "neutral", "--"),
    (2, "generator", "-."),
):
    shifts = np.linspace(-3, 2, 101)
    lines = np.array([checked_predict_value(shift, width) for shift in shifts])
    dots = [
        divergences.best_value(block(0, 1), block(each, width), fine) for each in shifts[::4]
    ]
    furthest = max(furthest, np.abs(dots - lines[::4]).max())
    axes.plot(
        shifts, lines, color=plots.COLOURS[role], linestyle=style, label=f"width {width}"
    )
    axes.plot(shifts[::4], dots, plots.MARKERS[role], color=plots.COLOURS[role], markersize=4)
axes.set(
    title="What the best discriminator earns", xlabel="shift of the fakes", ylabel="V(D*, G)"
)
axes.legend(loc="lower left")
plots.show(
    figure,
    alt="Three trapezium-shaped valleys, lines with marks on them: the value is zero while the blocks "
    "do not overlap, falls in a straight line as they come over each other, and only for width 1 "
    "does it reach minus log 4, in a single point.",
)
compare("furthest dot from its line, and 0", furthest, 0, 5e-3)
print(f"shift 0.5, width 2: {divergences.best_value(block(0, 1), block(0.5, 2), fine):.3f}")

# %% [markdown]
# Straight slopes while the blocks overlap, and *flat* ground where they do not: a generator that stands out there
# is not told in which direction to go. This is the next section's subject.
#
# ## Four measures side by side
# Now all four measures, two of them as *you* wrote them: JS is `checked_weighted_jensen_shannon` with
# weight $\frac12$, and $W$ is `checked_moving_cost` with price 1 in both directions, for heaps of mass $p(x)\,\Delta x$
# on the points of the grid. For the other two, and from here on, we use the library's copies of our functions,
# `divergences.kullback_leibler` and so on. They are the same lines with some care for zeros; open the file and see.
#
# **Predict first.** Real numbers are uniform on $[0, 1]$, fakes on $[\theta, \theta + 1]$. Sketch KL, TV, JS and
# $W$ as functions of $\theta$ from 0 to 3. (Exercise 5 has given you one of them already.)

# %% role="spoiler"
line = np.linspace(-1, 5, 6001)
spacing = 0.001


def uniform(start):
    inside = (line > start - 5e-4) & (line < start + 1 + 5e-4)
    return inside / 1.001  # area 1 on this grid


thetas = np.linspace(0, 3, 31)
real = uniform(0)
measures = {
    "KL, Kullback-Leibler": lambda fake: divergences.kullback_leibler(real, fake, line),
    "TV, total variation": lambda fake: divergences.total_variation(real, fake, line),
    "JS, yours": lambda fake: checked_weighted_jensen_shannon(real, fake, line, 0.5),
    "W, yours": lambda fake: checked_moving_cost(
        real * spacing, fake * spacing, line, 1.0, 1.0
    ),
}
with np.errstate(all="ignore"):  # a log of 0 that the check has found to do no harm
    curves = {
        name: np.array([measure(uniform(theta)) for theta in thetas])
        for name, measure in measures.items()
    }

# %% role="spoiler" fold="Draw the four measures, and compare two with formulas"
figure, panels = plt.subplots(1, 4, figsize=(11, 2.9), sharex=True)
for axes, (name, values) in zip(panels, curves.items(), strict=True):
    finite = np.isfinite(values)
    mark = "o" if finite.sum() == 1 else "-"
    axes.plot(thetas[finite], values[finite], mark, color=plots.COLOURS["neutral"])
    axes.set(title=name, xlabel=r"$\theta$", xlim=(-0.1, 3.1), ylim=(-0.05, None))
panels[0].set(ylabel="divergence", ylim=(-0.05, 1), yticks=[0])
panels[0].text(1.6, 0.5, "infinite\nfor every $\\theta > 0$", ha="center", va="center")
panels[2].axhline(np.log(2), color=plots.COLOURS["discriminator"], linestyle=":", linewidth=1)
panels[2].text(3.05, 0.62, "log 2", ha="right", va="top", color=plots.COLOURS["discriminator"])
plots.show(
    figure,
    alt="Four panels over theta from 0 to 3. KL is zero at theta 0 and infinite everywhere "
    "else. TV and JS rise in a straight line until theta is 1 and are flat from there, JS "
    "at log 2. W rises in a straight line all the way.",
)

js_curve, w_curve = curves["JS, yours"], curves["W, yours"]
for theta in (0.5, 1.0, 2.0, 3.0):
    at = np.argmin(np.abs(thetas - theta))
    formula = min(theta, 1) * np.log(2)
    compare(f"theta = {theta}: JS and min(theta, 1) log 2", js_curve[at], formula, 2e-3)
    compare(f"theta = {theta}: W and theta", w_curve[at], theta, 2e-3)

# %% [markdown]
# (The tolerance: a block's edge falls between grid points 0.001 apart, so areas are off by up to a thousandth or
# two.)
#
# **JS saturates.** Once the blocks are apart, $p/m$ is 2 wherever $p > 0$, and JS is $\log 2$, whether the fakes
# are one step away or a mile. Its slope is 0. KL is worse and TV no better. $W$ counts how far the earth has to go,
# so it is $\theta$ everywhere, with slope 1: from anywhere it says in which direction the data are.
#
# Is it a fault of our sharp edges? Take two normal densities, $N(0, s^2)$ for the data and $N(\theta, s^2)$ for the
# fakes, which overlap everywhere, at least a little. How strongly is the generator pulled? Let it move its fakes by
# changing $\theta$. Then $\tilde x = \theta + s z$, and the derivative of its loss for a fixed $D$ is the average
# slope of $\log(1 - D)$ at the fakes. With $D = D^*$ this is also the derivative of $V(D^*, G)$ itself: $D^*$
# changes with $\theta$ too, but at a maximum a small change of $D$ changes nothing to first order. So we can check
# one against the other:
#
# $$ \frac{d}{d\theta} V(D^*, G) = E_z\!\left[ \frac{d}{d\tilde x} \log(1 - D^*(\tilde x)) \right]
#  = E_z\big[ -D^*(\tilde x)\; l^{*\prime}(\tilde x) \big] , \qquad l^{*\prime}(x) = -\frac{\theta}{s^2} , $$
#
# where we used that $\log(1 - \sigma(l)) = -\log(1 + e^{l})$ has the derivative $-\sigma(l)$, and that the logit
# $l^* = \log p_{data} - \log p_g$ of two equally wide normal densities is a straight line.

# %%
s = 0.5
print("theta   dV/dtheta: average over fakes   difference quotient    dW/dtheta")
pulls, thetas_pull, step = [], np.linspace(0.25, 5, 20), 1e-4
for theta in thetas_pull:
    real, fake = normal(x, 0, s), normal(x, theta, s)
    pull = integrate(fake * divergences.optimal_discriminator(real, fake) * theta / s**2, x)
    pulls.append(pull)
    if theta in (0.5, 1, 2, 3, 4):
        higher, lower = normal(x, theta + step, s), normal(x, theta - step, s)
        slopes = [
            (measure(real, higher, x) - measure(real, lower, x)) / (2 * step)
            for measure in (divergences.best_value, divergences.wasserstein)
        ]
        print(f"{theta:5.1f} {pull:27.6f} {slopes[0]:25.6f} {slopes[1]:15.6f}")
        assert abs(pull - slopes[0]) < 1e-6 and abs(slopes[1] - 1) < 1e-6
print(f"at theta = 5 the pull has become {pulls[-1]:.1e}")

# %% [markdown]
# At one standard deviation (0.5) the game pulls the generator hard; at eight (4.0) the pull has shrunk to almost
# nothing. The better the discriminator, the less the generator hears. In practice it looks like this early in a
# training: the fakes are still nonsense, $D$ tells them apart without effort, its loss goes to 0, and the generator
# stands still.
#
# For pictures this is the rule and not the exception. Among all arrays of 784 grey values almost none is a garment:
# the real ones lie on a thin sheet in a huge space, and so do the fakes. Two thin sheets hardly meet, so JS is at
# $\log 2$ almost always (Arjovsky and Bottou, 2017). What one does about it: another loss for the generator (lesson
# 3), noise and penalties (lesson 9), or a game whose value is $W$. For the last, here is the idea.
#
# ### A critic instead of a discriminator
# **Theorem** (Kantorovich and Rubinstein, in one dimension). $W(p, q)$ is the largest value of $E_p[f] - E_q[f]$
# among all functions $f$ that are nowhere steeper than 1.
#
# *Proof.* Integrate by parts; far out, $P - Q$ is 0:
#
# $$ E_p[f] - E_q[f] = \int f\,(p - q)\,dx = - \int f'\,(P - Q)\,dx \;\le\; \int |P - Q|\,dx = W(p, q), $$
#
# because $|f'| \le 1$. Equality holds if $f'$ is $-1$ where $P > Q$ and $+1$ where $P < Q$. ∎
#
# Such an $f$ is called a **critic**: it gives marks, not probabilities, and a limit on its slope takes the place of
# the limits 0 and 1. The cell builds the best critic from the proof and puts it beside the best discriminator.

# %%
real, fake = normal(x, -2, 0.5), normal(x, 2, 0.5)
gap = cumulative(real) - cumulative(fake)
slope = -np.sign(np.where(np.abs(gap) > 1e-12, gap, 0))
critic = cumulative(slope)  # the area under the slope
earned = integrate(critic * (real - fake), x)
compare("critic: E_p[f] - E_q[f], and W", earned, divergences.wasserstein(real, fake, x), 1e-6)

# %% fold="Draw the critic beside the discriminator"
figure = plots.density_curves(x, real, fake, title="What the generator can learn from each")
axes = figure.axes[0]
d = divergences.optimal_discriminator(real, fake)
axes.plot(
    x,
    d,
    color=plots.COLOURS["discriminator"],
    linestyle="-.",
    label="best discriminator: flat at the fakes",
)
scaled = (critic - critic.min()) / (critic.max() - critic.min())
axes.plot(
    x,
    scaled,
    color=plots.COLOURS["neutral"],
    linestyle=":",
    label="best critic, scaled: slope everywhere",
)
axes.set(
    xlim=(-6, 6), ylim=(0, 1.65), yticks=[0, 0.5, 1], ylabel="density, and what D or f says"
)
axes.legend(loc="upper center", ncols=2, fontsize=8)
plots.show(
    figure,
    alt="A real bump at minus two and a fake bump at two. The best discriminator falls from "
    "one to zero in a narrow step between them and is flat at zero where the fakes are. "
    "The best critic falls in a straight line all the way.",
)

# %% [markdown]
# ## Play: two densities
# Move the sliders (you need a running kernel; without one you see the picture as it starts). Each bar is a share of
# the measure's range: TV from 0 to 1, JS from 0 to log 2, $V(D^*, G)$ from $-\log 4$ to 0. KL and $W$ have no upper
# end; their bars are full at 10 and at 5. Try these, and predict before you move:
#
# 1. Move the fake mean away from the data. Which bars stop growing, and which does not?
# 2. Put the fake on the data exactly: same mean, same std. What is $D^*$ now? What is $V$?
# 3. Set the real std to 0.3 and give the data a gap of 4. What mean and std of the fake make KL smallest? And $W$?
#    And JS?
# 4. Make the fake very narrow, in the middle of a wide real bump. Why is $D^*$ nearly 1 at both ends?

# %%
from course_lib.panels.two_densities import TwoDensities

panel = TwoDensities()
panel.show()

# %% [markdown]
# When you have found your three pairs, the next cell looks for them too: it tries 1,769 fakes, in steps of 0.1. (Its
# output is not shown beforehand.)

# %% role="spoiler" fold="Answer question 3 by search"
grid = np.linspace(-14, 14, 1401)
data = (normal(grid, -3, 0.3) + normal(grid, 1, 0.3)) / 2
fakes_tried = [(m, s) for m in np.arange(-40, 21) / 10 for s in np.arange(2, 31) / 10]
nearest = {}
for name in ("kullback_leibler", "wasserstein", "jensen_shannon"):
    measure = getattr(divergences, name)

    def distance(fake, measure=measure):
        # far tails are rounded to 0, which would make KL infinite
        return measure(data, np.maximum(normal(grid, *fake), np.finfo(float).tiny), grid)

    nearest[name] = min(fakes_tried, key=distance)
    print(f"{name:16}: mean {nearest[name][0]:4.1f}, std {nearest[name][1]:.1f}", end=";  ")
    print(
        f"{distance(nearest[name]):.3f} there, and {distance((1.0, 0.3)):.3f} on the right half"
    )

# %% [markdown]
# <details><summary>What to see</summary>
#
# 1. TV, JS and $V$ come to rest, full, as soon as the bumps are apart. $W$ grows in step with the distance, and KL
#    even with its square: look at their numbers when their bars are full.
# 2. $D^*$ is $\frac12$ everywhere and $V$ is $-\log 4 = -1.386$; the other four measures are 0.
# 3. KL wants everything covered: mean -1, half way between the halves, and std 2.0. $W$ wants short ways: nearly the
#    same, -1 and 1.9. But JS is smallest when the fake *is* one half of the data, mean -3 or 1 and std 0.3, and
#    forgets the other: a generator that follows JS is rewarded for that.
# 4. $D^* = p_{data}/(p_{data} + p_g)$ compares the two heights. At both ends there are real things and no fakes, so it
#    is 1; in the middle, where the narrow fake is higher by far, it falls to nearly 0.
#
# </details>

# %% [markdown]
# ## Exercise 6: design
# No points here, and many right answers. The data are `p_data` $= N(0, 0.5^2)$. Design two generators' densities,
# $a$ and $b$, about which JS and Wasserstein **disagree**: by JS, $a$ is closer to the data; by $W$, $b$ is. Write
# `two_fakes(x, p_data)`, which returns the pair of arrays `(a, b)` on the grid `x` (from -10 to 10). Neither may be
# negative anywhere, and both must have area 1. You could mix densities: $0.8\,p + 0.2\,q$ has area 1 as well. And
# then think about which of your two generators you would rather have.


# %% role="exercise" grade_id="two_fakes"
# Exercise 6
def two_fakes(x, p_data):
    """Two densities (a, b) on the grid x: by JS a is closer to p_data, by Wasserstein b is."""
    ### BEGIN SOLUTION
    a = 0.9 * p_data + 0.1 * normal(x, 8, 0.3)  # nearly perfect, with a few fakes far out
    b = normal(x, 0.5, 0.5)  # everything is a little off
    return a, b
    ### END SOLUTION


# %% role="check" grade_id="two_fakes"
from course_lib.theory import divergences


def disagreement(two_fakes):
    grid = np.linspace(-10, 10, 4001)
    data = normal(grid, 0, 0.5)
    densities = two_fakes(grid.copy(), data.copy())
    if len(densities) != 2:
        return "Return two arrays, (a, b)."
    a, b = (np.asarray(each, dtype=float) for each in densities)
    for name, density in (("a", a), ("b", b)):
        if density.shape != grid.shape:
            return f"{name} should have one value for each grid point, shape {grid.shape}; it has {density.shape}."
        if not np.all(density >= 0):
            return f"{name} is negative or nan somewhere; a density never is."
        if abs(integrate(density, grid) - 1) > 1e-3:
            return (
                f"The area under {name} should be 1, but it is {integrate(density, grid):.3f}."
            )
    js_a, js_b = (divergences.jensen_shannon(data, each, grid) for each in (a, b))
    w_a, w_b = (divergences.wasserstein(data, each, grid) for each in (a, b))
    seen = f"JS is {js_a:.3f} for a and {js_b:.3f} for b; W is {w_a:.3f} for a and {w_b:.3f} for b."
    if js_a > js_b and w_a < w_b:
        return f"{seen} They disagree, but the other way round: exchange a and b."
    if js_a >= js_b:
        return f"{seen} By JS, a should be the closer one: let it overlap with the data more."
    if w_a <= w_b:
        return f"{seen} By W, b should be the closer one: W is made large by a little mass that lies far away."
    print(seen)
    return None


checked_two_fakes = check_that(6, "two_fakes", disagreement, otherwise=OUR_ANSWER)

# %% [markdown]
# Here they are, measured with your own JS and $W$. (The output is not shown beforehand.) Which of the two would you
# rather have?

# %% role="spoiler" fold="Draw your two generators"
grid = np.linspace(-10, 10, 4001)
data, spacing = normal(grid, 0, 0.5), 0.005
figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.2), sharey=True)
for axes, name, fake in zip(
    panels, "ab", checked_two_fakes(grid.copy(), data.copy()), strict=True
):
    fake = np.asarray(fake, dtype=float)
    with np.errstate(all="ignore"):
        fake_js = checked_weighted_jensen_shannon(data, fake, grid, 0.5)
    fake_w = checked_moving_cost(data * spacing, fake * spacing, grid, 1.0, 1.0)
    title = f"Generator {name}: JS = {fake_js:.3f}, W = {fake_w:.3f}"
    plots.density_curves(grid, data, fake, title=title, axes=axes)
    print(f"{name}: JS {fake_js:.3f}, W {fake_w:.3f}")
plots.show(
    figure,
    alt="Two panels with the density of the data, a bump at zero, and that of a generator: on the left a, "
    "which is closer by Jensen-Shannon, on the right b, which is closer by Wasserstein.",
)

# %% [markdown]
# ## What we saw
# - Likelihood leads to $\mathrm{KL}(p_{data}\,\|\,p_g)$, which wants everything covered and needs the model's
#   density.
# - JS is symmetric and at most $\log 2$; TV is what a yes-or-no judge can gain; $W$ is the work of moving earth.
# - For a fixed generator the best discriminator is $D^* = p_{data}/(p_{data} + p_g)$. A network trained on samples
#   finds it, but only where there are samples.
# - It earns $V(D^*, G) = -\log 4 + 2\,\mathrm{JS}$. So the game minimises JS, and its end is $p_g = p_{data}$,
#   $D = \frac12$.
# - Without overlap, JS stands still at $\log 2$ and pulls the generator nowhere. $W$ keeps its slope.
#
# ## Quiz
#
# <details><summary>1. At some x the real density is three times the fake one. What does the best discriminator
# say?</summary>
# 3 / (3 + 1) = 3/4. Only the quotient of the two densities matters.</details>
#
# <details><summary>2. In a training you see V(D, G) = -1.386 for a long time. Is the generator perfect?</summary>
# Not necessarily. -log 4 is the value of the best discriminator against a perfect generator, and it is also the
# value of a blind discriminator against any generator. Look at the samples, or train a fresh, stronger
# discriminator.</details>
#
# <details><summary>3. A discriminator reaches V = -0.02. How large is JS at least, and what does the generator
# learn?</summary>
# No discriminator earns more than D*, so -0.02 is at most -log 4 + 2 JS, and JS is at least (1.386 - 0.02)/2 = 0.683,
# close to log 2 = 0.693. Real and fake hardly overlap, and the minimax generator gets hardly any slope to
# follow.</details>
#
# <details><summary>4. Why can JS never be more than log 2, while KL can be infinite?</summary>
# KL divides by the other density, which may be zero. JS divides by the middle m, which is at least half of p, so the
# quotient p/m is at most 2.</details>
#
# <details><summary>5. One fake in a thousand lies 1,000 units away from the data, all others are perfect. What are
# TV and W?</summary>
# TV is 0.001: a thousandth of the mass is misplaced. W is about 1: a thousandth of the mass times 1,000 units of way.
# </details>
#
# ## Where next
# In lesson 2 the game starts to move: both players change a little at a time, neither ever plays perfectly, and it
# turns out that they may run in circles. Lesson 3 gives the generator a better loss. Or go to lesson 6 now, and
# watch a GAN draw clothes.
#
# ## References
# - I. Goodfellow and others, *Generative adversarial nets*, NeurIPS 2014. Section 4 has both theorems of this lesson.
# - J. Lin, *Divergence measures based on the Shannon entropy*, IEEE Transactions on Information Theory 37(1), 1991.
#   The Jensen-Shannon divergence with weights, and its bounds.
# - L. Lee, *Measures of distributional similarity*, ACL 1999. The skew divergence of exercise 1.
# - M. Arjovsky, L. Bottou, *Towards principled methods for training generative adversarial networks*, ICLR 2017.
#   Section 2: thin sheets, perfect discriminators and vanishing gradients.
# - M. Arjovsky, S. Chintala, L. Bottou, *Wasserstein generative adversarial networks*, ICML 2017. Section 2,
#   example 1 has two parallel lines in the plane where we have two blocks on one line: theirs overlap only at distance
#   0, ours up to distance 1. Their figure 2 is a discriminator beside a critic.
# - S. Nowozin, B. Cseke, R. Tomioka, *f-GAN: training generative neural samplers using variational divergence
#   minimization*, NeurIPS 2016. The game for KL and a whole family of other divergences.
# - T. Salimans and others, *Improved techniques for training GANs*, NeurIPS 2016. Section 3.4: one-sided label
#   smoothing.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** The time in the first cell is that of a student alone, in two sittings: up to the good place to stop, the
# example and expectations take 15 minutes, KL with exercise 1 15, the other three measures with exercises 2 and 3 25;
# after it, the game, $D^*$ and training with exercise 4 take 25, value and saturation with exercise 5 20, sliders and
# exercise 6 15. In a class of 80 minutes the sliders and exercise 6 make a good homework, and exercise 2 or 3 is left
# out. With 50 minutes, leave out total variation and exercises 2 and 3.
#
# **Usual misconceptions.**
#
# - "A discriminator that is more often right earns more." The bold player is the antidote; let them vote first.
# - "D = 1/2 means that D is bad." It may be the best there is. Quiz question 2.
# - "V(D, G) = -log 4 + 2 JS" without the star: the identity holds for the best D only. For any other D the right
#   side is an upper bound, so a lazy D makes the generator look good.
# - "JS saturates because of the logarithm." No: TV has none and saturates too. Neither asks *how far*.
# - In exercise 4 many put the factor $1 - s$ into the denominator as well. Ask where the weight $s$ of a real thing
#   goes.
# - In exercise 5 many forget that a density of width 2 has height 1/2, in $D^*$ or in the weight before the
#   logarithm.
#
# **Ask.**
#
# - "What happens to $D^*$ if both densities are moved, or stretched, together?" (It moves along; the value stays.
#   Under stretching $W$ grows with the unit of length, the others do not change.)
# - "Smoothing with $s$: what is $D^*$ where there are only real things?" ($1 - s$. Two-sided smoothing would put
#   $p_g$ into the numerator, and $D$ would have a hill where fakes already are; that is why one smooths one side.)
# - "The trained D never exceeds V(D*, G) by the integral, but on its own training samples it may. Why?" (There it
#   can fit the accidents of the sample.)
# - "Why average the log-density ratio and not the ratio itself?" ($E_q[p/q] = 1$ for any $p$: it says nothing.)
