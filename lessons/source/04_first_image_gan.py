# %% [markdown]
# # 4. A first image GAN
# In lesson 1 the game was played with numbers on a line. Now the things are pictures: 784 grey values each,
# photographs of garments. You take them from a raw file to clean batches, build the two smallest networks that still
# draw clothes, and write the training loop in three ways, which turn out to give the same numbers. Then six patients
# come in, each with a bug of a kind that published tutorials contain, and you mend them.
#
# **You will be able to**
#
# - clean, check, scale, augment and batch images, and say what goes wrong if you do not;
# - derive the gradients of one training step by hand, and check them by numbers;
# - write the loop with `train_on_batch`, with `tf.GradientTape` and as `keras.Model.train_step`, and show that the
#   three do the same;
# - say what the `train_on_batch` recipe of many tutorials does in Keras 3, and why;
# - recognise six classic bugs by their symptoms.
#
# **Time:** {minutes} minutes, eight exercises included; all cells together run in about a minute. **Assumed:** a
# first Keras course (dense layer, loss, optimiser, `fit`) and the game of lesson 1. Lesson 3 explains the loss we use
# in more depth.
#
# **Notation.** Data $x \sim p_{data}$, noise $z \sim p_z = N(0, I)$, generator $G(z; \theta)$ with fakes $\tilde x =
# G(z)$, discriminator $D(x; \phi) = \sigma(l(x))$ with the sigmoid $\sigma$ and the logit $l(x)$. Losses $L_D$ and
# $L_G$ are minimised. Images are float32 in [-1, 1], of shape (batch, height, width, channels).

# %% role="setup"
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from course_lib.checks import check, check_that

tf.get_logger().setLevel("ERROR")  # its advice on tracing would interrupt us; we come to that
binary = keras.losses.BinaryCrossentropy(from_logits=True)  # binary(targets, logits)

# %% [markdown]
# ## Where we are going
# These are the two networks of this lesson, with one hidden layer each. The generator $G$ turns 32 random numbers
# into a picture. It ends in tanh, so its pixels lie between -1 and 1. The discriminator $D$ turns a picture into one
# number, the logit $l(x)$; it ends without a sigmoid, because the losses take the logit (lesson 3). LeakyReLU with
# slope 0.2 keeps a gradient alive for every unit, which $G$ needs, since all that it learns comes to it through $D$.

# %% role="setup"
LATENT_SIZE = 32  # numbers in z


def dense_generator(hidden=64):
    """G: latents (batch, 32) to images (batch, 28, 28, 1) in (-1, 1)."""
    return keras.Sequential(
        [
            keras.Input((LATENT_SIZE,)),
            layers.Dense(hidden),
            layers.LeakyReLU(0.2),
            layers.Dense(28 * 28, activation="tanh"),
            layers.Reshape((28, 28, 1)),
        ],
        name="generator",
    )


def dense_discriminator(hidden=64):
    """D: images (batch, 28, 28, 1) to logits (batch, 1)."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(hidden),
            layers.LeakyReLU(0.2),
            layers.Dense(1),
        ],
        name="discriminator",
    )


# %% [markdown]
# The next cell lets the library play the game with them for 2,000 steps. By the end of the lesson you will have
# written yourself what happens inside `train`; for now, start it and look at what comes out.

# %%
import matplotlib.pyplot as plt

from course_lib import datasets, plots
from course_lib.models.gan import GAN
from course_lib.training.loop import Recorder, train

plots.use_course_style()
garments = datasets.load("fashion_mnist")
photographs = garments.images_train[:20_000]  # plenty for such small networks
RATE = 3e-3  # Adam's learning rate, for both networks


def adam():
    return keras.optimizers.Adam(RATE, beta_1=0.5)


keras.utils.set_random_seed(3)
# averaging=None: the library can also keep a running mean of G's weights (lesson 6); here we want G itself.
gan = GAN(dense_generator(), dense_discriminator(), averaging=None)
# steps_per_execution=50: fifty steps in one go, before Python is asked what comes next. That is faster, no more.
gan.compile(generator_optimizer=adam(), discriminator_optimizer=adam(), steps_per_execution=50)
recorder = Recorder(grid=(1, 12))
train(gan, photographs, batch_size=64, steps=2000, callbacks=[recorder])


# %% fold="Draw what twelve latents became on the way"
def picture_rows(rows, title):
    """A figure with one row of images for each entry label -> images."""
    figure, panels = plt.subplots(
        len(rows), 1, figsize=(7.4, 0.35 + 0.56 * len(rows)), squeeze=False
    )
    for axes, (label, images) in zip(panels[:, 0], rows.items(), strict=True):
        canvas = plots.tile(images, columns=len(images))
        axes.imshow(canvas, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_ylabel(label, rotation=0, ha="right", va="center")
        axes.set(xticks=[], yticks=[])
        axes.grid(False)
        axes.spines[:].set_visible(False)
    figure.suptitle(title, fontsize=11)
    return figure


rows = {"real": garments.images_train[:12]}
for step in (0, 200, 500, 2000):
    at = int(np.argmin(np.abs(np.array(recorder.frame_steps) - step)))
    rows[f"step {recorder.frame_steps[at]:,}"] = recorder.frames[at]
plots.show(
    picture_rows(rows, "Above, photographs; below, what twelve fixed latents become"),
    alt="Five rows of twelve small pictures. The first are real garments. At step 0 there is grey noise, at step 200 "
    "a brighter blob in the middle, at step 500 rough outlines of clothes, and at step 2,000 shirts, trousers, boots "
    "and a shoe that can be told apart, though speckled.",
)

# %% [markdown]
# With a running kernel you can play the film. Choose a column and follow it: does a latent keep its garment, or change
# its mind? (And look at the last frames: is it ever finished?)

# %%
from course_lib.panels.film import FilmPanel

FilmPanel(recorder.frames, recorder.frame_steps).show()

# %% [markdown]
# Nobody has told these networks what a shirt is. They are grainy shirts: a dense layer knows nothing of neighbouring
# pixels, each of the 784 is drawn for itself (lesson 5 mends that). But the loop that made them is the loop of all
# GANs, and it starts with data.

# %% [markdown]
# ## Data: look before you feed
# Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017) has 70,000 photographs of garments in ten classes, each 28 x 28 grey
# values from 0 to 255. It is as clean as data ever get: somebody has done the work. Test sets that everybody uses are
# less lucky: 3 in 100 labels are wrong on average (Northcutt, Athalye and Mueller, 2021), and of the test images of
# CIFAR-10 one in thirty has a near copy in the training set (Barz and Denzler, 2020). Your own data will be worse.
#
# So we play a dirty delivery: 3,000 garments, and somewhere among them 12 empty pictures, 8 with a broken pixel
# (`nan`, "not a number"), 30 copies of others, and 10 labels that mean no class.

# %%
random = np.random.default_rng(4)
pixels = np.rint((garments.images_train[:3000, :, :, 0] + 1) * 127.5)  # 0..255, as in the file
labels = garments.labels_train[:3000].copy()

order = random.permutation(3000)
empty, broken, copied, originals, mislabelled = np.split(order[:90], [12, 20, 50, 80])
pixels[empty] = 0
pixels[broken, 14, 14] = np.nan
pixels[copied] = pixels[originals]
labels[mislabelled] = random.choice([-1, 10], size=10)

# %% fold="Show some of the faults"
figure = plots.image_grid(
    np.nan_to_num(
        np.concatenate([pixels[each[:2]] for each in (empty, broken, copied, originals)])
    ).astype("uint8"),
    columns=8,
    captions=["empty"] * 2
    + ["one nan"] * 2
    + ["copy 1", "copy 2", "original 1", "original 2"],
    title="Six pictures to throw out, and two to keep",
    image_size=0.9,
)
plots.show(
    figure,
    alt="Eight pictures: two are black, two are garments with a black dot in the middle, and two pairs of garments are "
    "equal, copy and original.",
)

# %% [markdown]
# A look at a few pictures would hardly have found them. Four questions asked of *every* picture do:
#
# - **Are all its values numbers?** A single nan makes the loss nan, and one step later every weight.
# - **Is anything on it?** To $D$ an empty picture is a real one, and the easiest of all to fake.
# - **Have we seen it before?** Copies count double in $p_{data}$, and if one of them is in the test set, the test
#   asks what the network was told.
# - **Does its label exist?** A label counts from 0 to the number of classes minus one.


# %% tags=["nbval-check-output"]
def inspect(pixels, labels, classes):
    """What is wrong, as boolean arrays by name."""
    seen, copies = set(), np.zeros(len(pixels), bool)
    for index, image in enumerate(pixels):
        fingerprint = hash(image.tobytes())  # 64 bits instead of the whole picture
        copies[index] = fingerprint in seen
        seen.add(fingerprint)
    no_contrast = pixels.max(axis=(1, 2)) == pixels.min(axis=(1, 2))  # False for nan
    return {
        "not a number": ~np.isfinite(pixels).all(axis=(1, 2)),
        "empty": no_contrast,
        "copy of an earlier one": copies & ~no_contrast,
        "label of no class": (labels < 0) | (labels >= classes),
    }


found = inspect(pixels, labels, classes=10)
for name, where in found.items():
    print(f"{name:24} {where.sum():3}")
assert [int(where.sum()) for where in found.values()] == [8, 12, 30, 10]

bad = np.any(list(found.values()), axis=0)
print(f"{'to be left out':24} {bad.sum():3} of {len(bad):,}")
assert (
    bad.sum() == len({*empty, *broken, *mislabelled}) + 30
)  # one of each pair of twins stays

# %% [markdown]
# The counts are those we put in. (In your own data you do not know them; put some faults in on purpose, as we did, to
# see that your inspection finds them.) The same inspection of the real files:

# %% tags=["nbval-check-output"]
for part in ("train", "test"):
    whole = getattr(garments, f"images_{part}")[..., 0]
    found = inspect(whole, getattr(garments, f"labels_{part}"), classes=10)
    print(part, {name: int(where.sum()) for name, where in found.items()})
    print("    of each class:", np.bincount(getattr(garments, f"labels_{part}")))

# %% [markdown]
# ## The range, and why it matters
# A network wants small numbers around 0, not 0 to 255. Two scalings are common: dividing by 255 gives [0, 1], and
# dividing by 127.5 and subtracting 1 gives [-1, 1]. For a generator that ends in tanh only the second is right.
#
# **Predict first.** Here is a very simple discriminator: "fake, if any pixel is below zero". How often is it right,
# against the *untrained* generator, with each of the two scalings?

# %% role="spoiler"
fresh = dense_generator()
noise = np.random.default_rng(1).normal(size=(1000, LATENT_SIZE)).astype("float32")
fakes = fresh(noise, training=False).numpy()
real = garments.images_test[:1000]
scalings = {"[0, 1]": (real + 1) / 2, "[-1, 1]": real}

for name, scaled in scalings.items():
    says_fake = [(images < 0).any(axis=(1, 2, 3)) for images in (scaled, fakes)]
    accuracy = (np.mean(~says_fake[0]) + np.mean(says_fake[1])) / 2
    print(f"real pictures in {name:7}: right in {accuracy:.0%} of all cases")

# %% role="spoiler" fold="Draw the grey values of real and fake, with each scaling"
figure, panels = plt.subplots(1, 2, figsize=(9.2, 3.0), sharey=True)
for axes, (name, scaled) in zip(panels, scalings.items(), strict=True):
    for role, images, style in (("real", scaled, "-"), ("fake", fakes, "--")):
        axes.hist(
            images.ravel(),
            bins=60,
            range=(-1, 1),
            density=True,
            histtype="step",
            color=plots.COLOURS[role],
            linestyle=style,
            linewidth=1.6,
            label=f"{role} pixels",
        )
    axes.set(title=f"Real pictures in {name}", xlabel="grey value", yscale="log")
panels[0].set_ylabel("density (logarithmic)")
panels[0].legend(loc="upper left")
plots.show(
    figure,
    alt="Two histograms of grey values. On the left the real pixels lie between 0 and 1 only, while the untrained "
    "generator's lie between minus 1 and 1. On the right both fill the same range, with high bars of real pixels at "
    "minus 1.",
)

# %% [markdown]
# With pictures in [0, 1] a single pixel below zero gives a fake away; a discriminator that looks there has won before
# the game begins. In [-1, 1] this shortcut is closed, and the same rule is right in half of all cases, as a coin is.
# There is a second reason, and we shall see it in the ward below. Half of all pixels are black. In [-1, 1] black is
# where tanh is flat: the unit before it may waver, the pixel stays black. In [0, 1] black is 0, where tanh is
# steepest, and every wavering shows.
#
# (The other way round it is just as bad: a generator that ends in a *sigmoid* can draw [0, 1] only, and wants data in
# [0, 1]. The rule is: **the data fill the range of the generator's last activation**.) The library checks it for you,
# and its message says what to do:

# %% tags=["nbval-check-output"]
from course_lib import CourseError

for scaled in (np.rint((real + 1) * 127.5), (real + 1) / 2, real[..., 0], real):
    try:
        datasets.check_images(scaled)
        print("accepted")
    except CourseError as error:
        print(error)
try:
    datasets.check_labels(labels, len(labels), classes=10)
except CourseError as error:
    print(error)

# %% [markdown]
# ## Exercise 1: repair
# **Patient 1** (you will meet six). This function should make training data of raw pixels: float32 images in [-1, 1]
# of shape (N, height, width, 1), and their labels. Pictures with a nan are left out, and so are those whose label is
# not in 0 ... `classes` - 1; the others keep their order. (Empty pictures and copies are dealt with elsewhere.) The raw
# pixels are somebody else's: make new arrays, and leave those you are given as they are.
#
# As it stands it has **four** faults: somebody has copied it from a classifier. Mend them. Once three are mended, the
# check names the fourth.


# %% role="exercise" grade_id="prepare"
# Exercise 1
def prepare(pixels, labels, classes):
    """(images, labels) for training, from pixels 0..255 of shape (N, height, width)."""
    ### BEGIN BROKEN
    # keep = (labels >= 0) & (labels <= classes)
    # images = pixels[keep] / 255
    # return images.astype("float32"), labels[keep]
    ### END BROKEN
    ### BEGIN SOLUTION
    whole = np.isfinite(pixels).all(axis=(1, 2))
    keep = whole & (labels >= 0) & (labels < classes)
    images = pixels[keep] / 127.5 - 1
    return images[..., np.newaxis].astype("float32"), labels[keep]
    ### END SOLUTION


# %% role="check" grade_id="prepare"
deliveries = [
    (
        np.array([[[0, 255]], [[51, 102]], [[np.nan, 1]], [[7, np.nan]], [[204, 153]]]),
        np.array([0, 3, 1, 0, 2]),
        3,
    ),
    (np.array([[[127.5, 0]], [[102, 102]]], "float32"), np.array([-1, 0]), 2),
]


def of_shape(count, values):
    """`count` pictures of 1 x 2 pixels."""
    return np.array(values).reshape(count, 1, 2, 1)


wanted = [(of_shape(2, [-1, 1, 0.6, 0.2]), [0, 2]), (of_shape(1, [-0.2, -0.2]), [0])]
nan, dark = np.nan, [1 / 127.5 - 1, 7 / 127.5 - 1]
with_nan, black, grey = (
    of_shape(4, [-1, 1, hole, dark[0], dark[1], hole, 0.6, 0.2]) for hole in (nan, -1, 0)
)
replaced = (
    "The nan was replaced by a number. Whoever took that photograph did not see black or grey there: leave the picture "
    "out."
)
usual_faults = [
    (
        "Your values lie in [0, 1]. The generator's tanh goes from -1 to 1, and so must the data.",
        [((images + 1) / 2, kept) for images, kept in wanted],
    ),
    (
        "The axis for the channels is missing: grey pictures have the shape (N, height, width, 1).",
        [(images[..., 0], kept) for images, kept in wanted],
    ),
    (
        "A label equal to `classes` came through: ten classes are numbered 0 to 9.",
        [(of_shape(3, [-1, 1, -0.6, -0.2, 0.6, 0.2]), [0, 3, 2]), wanted[1]],
    ),
    (
        "A picture with a nan came through: np.isfinite says which pixels are numbers.",
        [(with_nan, [0, 1, 0, 2]), wanted[1]],
    ),
    (replaced, [(black, [0, 1, 0, 2]), wanted[1]]),
    (replaced, [(grey, [0, 1, 0, 2]), wanted[1]]),
    (
        "The pictures of class 0 are lost: classes are counted from 0.",
        [(of_shape(1, [0.6, 0.2]), [2]), (np.empty((0, 1, 2, 1)), [])],
    ),
    (
        "An even picture is lost. Empty ones are dealt with elsewhere.",
        [wanted[0], (np.empty((0, 1, 2, 1)), [])],
    ),
    (
        "Pictures were left out and their labels were not: index both with the same array.",
        [(wanted[0][0], [0, 3, 1, 0, 2]), (wanted[1][0], [-1, 0])],
    ),
    (
        "Divide by 127.5, half of what a byte can hold, and not by what happens to be the brightest pixel.",
        [wanted[0], (of_shape(1, [1.0, 1.0]), [0])],
    ),
]


def makes_training_data(prepare):
    results = [prepare(*delivery) for delivery in deliveries]
    if not all(isinstance(each, tuple | list) and len(each) == 2 for each in results):
        return "Return a pair, (images, labels)."

    def are(expected):
        return all(
            np.shape(seen) == np.shape(right)
            and np.allclose(seen, right, atol=1e-5, equal_nan=True)
            for pair in zip(results, expected, strict=True)
            for seen, right in zip(*pair, strict=True)
        )

    for fault, expected in usual_faults:
        if are(expected):
            return fault
    if not are(wanted):
        shape = np.shape(results[0][0])
        seen = "the shape is right, the values are not"
        if shape != (2, 1, 2, 1):
            seen = f"yours have the shape {shape}, expected (2, 1, 2, 1)"
        return (
            f"Of five pictures two are whole and of a class that exists; {seen}. Four faults: which labels are kept, "
            "which pictures are kept, the range, and the shape."
        )
    if any(np.asarray(images).dtype != "float32" for images, _ in results):
        return f"The values are right, but of the type {np.asarray(results[0][0]).dtype}: networks want float32."
    if not prepare.untouched:
        return (
            "The images are right, but the raw pixels are spoilt: they were changed in place."
        )
    return None


checked_prepare = check_that(1, "prepare", makes_training_data, otherwise=OUR_ANSWER)

# %% role="graded" grade_id="prepare" points=1 tolerance=1e-5
pixels = random.integers(0, 256, size=(14, 3, 4)).astype("float64")
labels = random.integers(0, 5, size=14)
places = random.permutation(14)
pixels[places[0], 1, 2] = np.nan
pixels[places[1]] = pixels[places[1], 0, 0]  # one that is empty
labels[places[2:5]] = 5, -1, 0
images, kept = prepare(pixels, labels, 5)
publish(
    images=images, labels=kept, type=str(np.asarray(images).dtype), untouched=prepare.untouched
)

# %% [markdown]
# From here on each check hands your function back where it is right, and ours where it is not, under the name
# `checked_` and its own: so what you write is used, and the notebook runs on in any case. Here is the dirty delivery
# in the hands of `checked_prepare`; what that leaves in, empty pictures and copies, `inspect` takes out.

# %%
clean, clean_labels = map(np.asarray, checked_prepare(pixels, labels, 10))
found = inspect(clean[..., 0], clean_labels, classes=10)
print(f"{len(pixels):,} delivered, {len(clean):,} prepared;", end=" ")
print("still in it:", {name: int(where.sum()) for name, where in found.items()})
clean = clean[~np.any(list(found.values()), axis=0)]
datasets.check_images(clean)
print(f"{len(clean):,} pictures ready for a network")

# %% [markdown]
# ## Augmentation: mirrored boots
# To a classifier one shows pictures mirrored and shifted, and it learns that a boot is a boot wherever its toe points.
# Toes can be counted: a boot whose toe points to the left has its shaft, and so more brightness, in the upper right
# quarter. If each picture is mirrored by the toss of a coin, the share of $n$ boots pointing left should be
# $\frac12$, give or take four standard errors, $4 \sqrt{\frac14 / n}$.
#
# **Predict first.** So much for the data. What will a *generator* learn, if half of its real pictures are mirrored?

# %% role="spoiler"
boots = garments.images_train[garments.labels_train == 9]


def points_left(images):
    """True for each boot whose upper right quarter is brighter than its upper left one."""
    upper = images[:, :14, :, 0]
    return upper[:, :, 14:].mean(axis=(1, 2)) > upper[:, :, :14].mean(axis=(1, 2))


def mirror_some(images, random):
    coin = random.random(len(images)) < 0.5
    return np.where(coin[:, None, None, None], images[:, :, ::-1], images)


mirrored = mirror_some(boots, np.random.default_rng(3))
share, tolerance = points_left(mirrored).mean(), 4 * np.sqrt(0.25 / len(boots))
print(f"as photographed: {points_left(boots).mean():.2%} of {len(boots):,} boots point left")
print(f"mirrored by coin: {share:.1%}, expected 50% within {tolerance:.1%}")
assert abs(share - 0.5) < tolerance
assert np.array_equal(boots[:, :, ::-1][:, :, ::-1], boots)  # mirrored twice: as before

# %% role="spoiler" fold="Show boots before and after"
plots.show(
    picture_rows(
        {"photographed": boots[:12], "mirrored by coin": mirrored[:12]},
        "Two different distributions of boots",
    ),
    alt="Two rows of twelve boots. In the upper row all toes point left; in the lower row eight of them point "
    "right.",
)

# %% [markdown]
# A generator learns to draw from the distribution that you show it, so it will draw boots that point right, which
# nobody has photographed. That is called **leaking**. For clothes you may like it (6,000 boots become 12,000); for
# text or faces with a parting you will not. So there are two rules. Augment real data only by changes that give
# pictures you would *want* drawn. For all others, show real **and** fake pictures to $D$ through the same changes,
# and let the gradients pass through them (lesson 9).

# %% [markdown]
# ## Batches with tf.data
# A `tf.data` pipeline is a chain of small steps, and their **order** matters:
#
# - **shuffle before batch**, and over everything: `shuffle(buffer)` holds only `buffer` elements at a time, and hands
#   out one of these at random;
# - **batch with `drop_remainder=True`**: the last, smaller batch is a trap for all code that has the batch size
#   written into it, and for more, as we shall see;
# - **map** (scaling, augmentation) on whole batches, not single pictures: fewer calls;
# - **prefetch** last: the next batch is made while the network works on this one.
#
# How bad is a small buffer? Take pictures sorted by class, which is how folders of pictures come, and count how many
# of the ten classes are in a batch of 64. If each picture's class is drawn at random, a given class is missing from
# the batch with probability $0.9^{64}$, so we expect $10\,(1 - 0.9^{64}) \approx 9.99$ classes.

# %%
by_class = np.sort(garments.labels_train)  # the label stands for its picture


def classes_in_batches(buffer):
    data = tf.data.Dataset.from_tensor_slices(by_class).shuffle(buffer, seed=1)
    data = data.batch(64, drop_remainder=True)
    return np.array([len(np.unique(batch)) for batch in data.as_numpy_iterator()])


expected = 10 * (1 - 0.9**64)
for buffer in (64, 1_000, 10_000, 60_000):
    counts = classes_in_batches(buffer)
    print(f"buffer of {buffer:6,}: {counts.mean():5.2f} classes in a batch on average")
print(f"expected if perfectly mixed: {expected:.2f}")
# A batch has 10 classes, rarely 9: the standard deviation is 0.11, that of 937 batches' mean 0.004.
assert abs(counts.mean() - expected) < 4 * 0.004

# %% [markdown]
# With a small buffer $D$ sees nothing but T-shirts for a hundred steps, then nothing but trousers: $p_{data}$ moves
# all the time, and $G$ runs after it. For large pictures a buffer for all of them does not fit into memory. Then one
# shuffles their *numbers*, which are small, and fetches each picture when its number comes up:

# %%
stored = np.rint((photographs + 1) * 127.5).astype("uint8")  # a byte a pixel


def pipeline(pixels, batch_size, seed):
    """Endless shuffled batches, float32 in [-1, 1], from uint8 pixels (N, height, width, 1)."""
    pixels = tf.constant(pixels)
    data = tf.data.Dataset.range(len(pixels)).shuffle(len(pixels), seed=seed).repeat()
    data = data.batch(batch_size, drop_remainder=True)
    data = data.map(lambda rows: tf.cast(tf.gather(pixels, rows), tf.float32) / 127.5 - 1)
    return data.prefetch(2)


batch = next(iter(pipeline(stored, 64, seed=0)))
print(batch.shape, batch.dtype, f"from {batch.numpy().min():.0f} to {batch.numpy().max():.0f}")
datasets.check_images(batch.numpy(), part=True)

# %% [markdown]
# `datasets.batches` of our library does the same with one improvement: its batch number $k$ is a function of the seed
# and $k$ alone, so that an interrupted run can be resumed exactly (lesson 6). We use it from here on.
#
# ## Exercise 2: predict
# The pipeline above has `.repeat()` *before* `.batch()`. The other order is common too. Predict what each of them
# delivers, without running one. Write `predict_batches(images, batch_size, epochs, order, drop_remainder)`, where
# `order` is one of the strings
#
# - `"repeat, batch"`: `Dataset.range(images).repeat(epochs).batch(batch_size, drop_remainder=...)`;
# - `"batch, repeat"`: `Dataset.range(images).batch(batch_size, drop_remainder=...).repeat(epochs)`.
#
# Return the pair of whole numbers `(number of batches, images in the last batch)`. There are always more images than
# fit into one batch.


# %% role="exercise" grade_id="predict_batches"
# Exercise 2
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    """(number of batches, images in the last one) that the pipeline delivers."""
    ### BEGIN SOLUTION
    if order == "repeat, batch":  # one long stream; the end of an epoch is not seen
        images, epochs = images * epochs, 1
    full, rest = divmod(images, batch_size)
    if drop_remainder or rest == 0:
        return epochs * full, batch_size
    return epochs * (full + 1), rest
    ### END SOLUTION


# %% role="check" grade_id="predict_batches"
checked_predict_batches = check(
    2,
    "predict_batches",
    cases=[
        ((10, 4, 2, "batch, repeat", False), (6, 2)),
        ((11, 4, 3, "repeat, batch", False), (9, 1)),
        ((10, 4, 3, "batch, repeat", True), (6, 4)),
        ((10, 4, 3, "repeat, batch", True), (7, 4)),
        ((12, 4, 2, "batch, repeat", False), (6, 4)),
        ((10, 4, 2, "repeat, batch", False), (5, 4)),
    ],
    mistakes={
        "The two orders are exchanged: what stands first is done first. After `repeat` there is one long stream to be "
        "cut up; with `batch` first, each epoch is cut up for itself.": [
            (5, 4),
            (9, 3),
            (7, 4),
            (6, 4),
            (6, 4),
            (6, 2),
        ],
        "You count as if every epoch ended with its own last batch. With repeat first, a batch may begin in one epoch "
        "and end in the next.": [(6, 2), (9, 3), (6, 4), (6, 4), (6, 4), (6, 2)],
        "You count as if it were one long stream. With batch first, every epoch is cut up for itself.": [
            (5, 4),
            (9, 1),
            (7, 4),
            (7, 4),
            (6, 4),
            (5, 4),
        ],
        "drop_remainder leaves out every batch that is not full.": [
            (6, 2),
            (9, 1),
            (9, 2),
            (8, 2),
            (6, 4),
            (5, 4),
        ],
        "Where nothing remains, the last batch is a full one.": [
            (6, 2),
            (9, 1),
            (6, 4),
            (7, 4),
            (6, 0),
            (5, 0),
        ],
        "What remains is not what remains of one epoch: with repeat first it is what remains of all epochs together.": [
            (6, 2),
            (9, 3),
            (6, 4),
            (7, 4),
            (6, 4),
            (6, 2),
        ],
        "Where nothing remains, there is no batch for it either.": [
            (6, 2),
            (9, 1),
            (6, 4),
            (7, 4),
            (8, 4),
            (6, 4),
        ],
    },
    hint="Draw ten dots and cut them into fours: once for each epoch, once all in one line.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="predict_batches" points=1
values = []
for order in ("repeat, batch", "batch, repeat"):
    for drop_remainder in (False, True):
        size, epochs = int(random.integers(7, 30)), int(random.integers(3, 9))
        images = size * int(random.integers(4, 20)) + int(random.integers(1, size))
        values.append(list(predict_batches(images, size, epochs, order, drop_remainder)))
values.append(list(predict_batches(7 * size, size, epochs, "batch, repeat", False)))
publish(values=values)

# %% [markdown]
# When you have your prediction, compare with the real thing (output not shown beforehand):

# %% role="spoiler"
for order in ("repeat, batch", "batch, repeat"):
    for drop in (False, True):
        data = tf.data.Dataset.range(1000)
        for word in order.split(", "):
            data = data.repeat(3) if word == "repeat" else data.batch(64, drop_remainder=drop)
        sizes = [len(batch) for batch in data]
        predicted = checked_predict_batches(1000, 64, 3, order, drop)
        print(
            f"{order}, drop_remainder={drop}: {len(sizes)} batches, the last of {sizes[-1]};",
            end=" ",
        )
        print("predicted:", *predicted)

# %% [markdown]
# ## Two small networks
# A dense layer from $n$ to $m$ numbers has a weight for each pair and $m$ biases, $nm + m$ parameters. With $h$ hidden
# units, latents of size $d$ and $p = 784$ pixels,
#
# $$ \text{G:}\;\; (dh + h) + (hp + p), \qquad \text{D:}\;\; (ph + h) + (h + 1) . $$


# %% tags=["nbval-check-output"]
def parameters(hidden, latent=LATENT_SIZE, pixels=784):
    """(of G, of D), by the formula."""
    generator = (latent * hidden + hidden) + (hidden * pixels + pixels)
    discriminator = (pixels * hidden + hidden) + (hidden + 1)
    return generator, discriminator


for hidden in (8, 64):
    counted = (
        dense_generator(hidden).count_params(),
        dense_discriminator(hidden).count_params(),
    )
    print(f"h = {hidden:3}: formula {parameters(hidden)}, Keras {counted}")

# %% [markdown]
# No batch norm and no dropout: they would make the networks behave differently in training and at inference, and we
# want to compare loops first (lesson 5 brings batch norm). Keras starts the biases at 0, and the weights at random,
# the smaller the more inputs they have.
#
# ## What one step does
# The losses of the non-saturating game, written in logits with $\mathrm{softplus}(l) = \log(1 + e^l)$, are
#
# $$ L_D = \tfrac12 \Big( E[\mathrm{softplus}(-l(x))] + E[\mathrm{softplus}(l(\tilde x))] \Big), \qquad
#    L_G = E[\mathrm{softplus}(-l(\tilde x))] . $$
#
# They are cross-entropies, since $\mathrm{softplus}(-l) = -\log D$ and $\mathrm{softplus}(l) = -\log(1 - D)$: the
# discriminator's targets are 1 for real and 0 for fake, and the generator wants the target 1 for its fakes. The
# factor $\frac12$ makes $L_D$ the mean over the whole batch, half real, half fake; lessons 1 and 3 leave it out. It
# matters when we compare loops, further down.
#
# How strongly does each picture push? The derivative of softplus is the sigmoid, so
#
# $$ \frac{d}{dl}\,\mathrm{softplus}(-l) = -\sigma(-l) = D - 1, \qquad \frac{d}{dl}\,\mathrm{softplus}(l) = \sigma(l) =
#    D - 0 : $$
#
# **verdict minus target**, in both cases. The rest is the chain rule. Take the simplest discriminator, $l(x) = w \cdot
# x + b$, with $n$ real and $n$ fake vectors; then $\partial l / \partial w = x$ and $\partial l / \partial b = 1$, and
#
# $$ \frac{\partial L_D}{\partial w} = \frac{1}{2n} \Big( \sum_i (D(x_i) - 1)\, x_i + \sum_j D(\tilde x_j)\, \tilde x_j
#    \Big), \qquad \frac{\partial L_D}{\partial b} = \frac{1}{2n} \Big( \sum_i (D(x_i) - 1) + \sum_j D(\tilde x_j) \Big)
#    . $$
#
# A `GradientTape` writes down every operation inside its `with` block, and applies the chain rule to them backwards.
# It must find the same. We let it work in float64, with 16 digits; both ways round at a different place, so we ask
# for agreement to 12 digits behind the point.


# %% tags=["nbval-check-output"]
def loss_of_discriminator(real_logits, fake_logits):
    """L_D, the mean over all pictures of the batch."""
    return (ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))) / 2


def loss_of_generator(fake_logits):
    """L_G, non-saturating."""
    return ops.mean(ops.softplus(-fake_logits))


draw = np.random.default_rng(5)
real_x, fake_x = draw.normal(1, 1, size=(6, 3)), draw.normal(-1, 1, size=(6, 3))
w, b = tf.Variable(draw.normal(size=3)), tf.Variable(0.3, dtype=tf.float64)
with tf.GradientTape() as tape:
    logits = [tf.linalg.matvec(x, w) + b for x in (real_x, fake_x)]
    loss = loss_of_discriminator(*logits)
by_tape = tape.gradient(loss, [w, b])

D_real, D_fake = (1 / (1 + np.exp(-each.numpy())) for each in logits)
push_real, push_fake = (D_real - 1) / 12, (D_fake - 0) / 12  # verdict minus target, over 2n
by_hand = [push_real @ real_x + push_fake @ fake_x, push_real.sum() + push_fake.sum()]
agree = [np.abs(one - two).max() < 1e-12 for one, two in zip(by_hand, by_tape, strict=True)]
print("by hand and by tape the same, for w and b:", *agree)

# %% [markdown]
# ## Exercise 3: derive the generator's step
# Now the other player. Let the generator be a linear map with a tanh, $\tilde x = \tanh(A z + c)$, and the
# discriminator $l(x) = w \cdot x + b$ as above, which stays as it is. With $n$ latents $z_j$, $L_G = \frac1n \sum_j
# \mathrm{softplus}(-l(\tilde x_j))$.
#
# On paper: follow the chain from $L_G$ to the logit, from the logit to the picture, through the tanh (whose
# derivative is $1 - \tanh^2$), and to $A$ and $c$. Then write `generator_step_by_hand(A, c, w, b, z, rate)`, which
# returns the pair of new arrays `(A, c)` after **one step of gradient descent** with the learning rate `rate`.
# Shapes: `A` (pixels, latent), `c` and `w` (pixels,), `b` a number, `z` (n, latent). NumPy only, and leave the arrays
# you are given as they are. The check knows no formula: it measures the slopes of $L_G$ by difference quotients.


# %% role="exercise" grade_id="generator_step_by_hand"
# Exercise 3
def generator_step_by_hand(A, c, w, b, z, rate):
    """(A, c) after one step of gradient descent on L_G."""
    ### BEGIN SOLUTION
    images = np.tanh(z @ A.T + c)  # (n, pixels)
    verdicts = 1 / (1 + np.exp(-(images @ w + b)))  # (n,)
    push = (verdicts - 1) / len(z)  # on the logits
    push = push[:, np.newaxis] * w  # on the pixels
    push = push * (1 - images**2)  # before the tanh
    return A - rate * push.T @ z, c - rate * push.sum(axis=0)
    ### END SOLUTION


# %% role="check" grade_id="generator_step_by_hand"
def stepped(loss, A, c, rate):
    """(A, c) one step down the slopes of loss(A, c), which are measured by difference quotients."""
    moved, step = [A.copy(), c.copy()], 1e-5
    for which in (0, 1):
        for place in np.ndindex(moved[which].shape):
            values = []
            for sign in (1, -1):
                trial = [A.copy(), c.copy()]
                trial[which][place] += sign * step
                values.append(loss(*trial))
            moved[which][place] -= rate * (values[0] - values[1]) / (2 * step)
    return tuple(moved)


def players(seed):
    draw = np.random.default_rng(seed)
    return (
        draw.normal(size=(3, 2)),
        draw.normal(size=3),
        draw.normal(size=3),
        0.4,
        draw.normal(size=(5, 2)),
        0.5 + seed,
    )


def outcome(arguments, loss_of_logits, rate=None, straight=False):
    """What a step on the mean of loss_of_logits(l) gives; `straight` forgets the tanh's slope."""
    A, c, w, b, z, own_rate = arguments

    def loss(A_now, c_now):
        before = z @ A.T + c
        images = np.tanh(before) + (z @ A_now.T + c_now - before)
        images = images if straight else np.tanh(z @ A_now.T + c_now)
        return np.mean(loss_of_logits(images @ w + b))

    return stepped(loss, A, c, own_rate if rate is None else rate)


def leaves_its_arrays(step):
    """Asked once the numbers are right: a loop that keeps the old A and c must find them unchanged."""
    if step.untouched:
        return None
    return (
        "The numbers are right, but an array you were given is changed: += and -= work in place. Make new arrays, "
        "A = A - ..."
    )


rounds = [players(0), players(1)]
checked_generator_step_by_hand = check(
    3,
    "generator_step_by_hand",
    cases=[(each, outcome(each, lambda logit: np.logaddexp(0, -logit))) for each in rounds],
    mistakes={
        "The tanh is missing from the chain: its slope, one minus the square of its output, multiplies each pixel.": [
            outcome(each, lambda logit: np.logaddexp(0, -logit), straight=True)
            for each in rounds
        ],
        "This makes the fakes look more fake: the generator's target for them is 1.": [
            outcome(each, lambda logit: np.logaddexp(0, logit)) for each in rounds
        ],
        "That is the minimax generator, with the push -D. Here it is verdict minus target, with the target 1.": [
            outcome(each, lambda logit: -np.logaddexp(0, logit)) for each in rounds
        ],
        "The direction is right, the size is not: L_G is a mean over the n latents, not a sum.": [
            outcome(each, lambda logit: np.logaddexp(0, -logit), rate=5 * each[-1])
            for each in rounds
        ],
        "You went uphill: descent subtracts the gradient.": [
            outcome(each, lambda logit: np.logaddexp(0, -logit), rate=-each[-1])
            for each in rounds
        ],
    },
    hint="Three factors for each pixel: verdict minus target over n, w, and the slope of tanh. A gets z as a fourth.",
    tolerance=1e-6,  # difference quotients are good to some 1e-10
    also=leaves_its_arrays,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="generator_step_by_hand" points=2 tolerance=1e-6
A, c, w = random.normal(size=(4, 3)), random.normal(size=4), random.normal(size=4)
b, z, rate = random.normal(), random.normal(size=(7, 3)), random.uniform(0.5, 2)
new_A, new_c = generator_step_by_hand(A, c, w, b, z, rate)
publish(
    moved_A=np.asarray(new_A) - A,
    moved_c=np.asarray(new_c) - c,
    untouched=generator_step_by_hand.untouched,
)

# %% [markdown]
# Many such steps make a training, of pictures with two pixels here. The generator starts as a cloud of fakes, and $D$,
# $l(x) = x_1 - \frac12 x_2$, stands still. **Predict first.** What has become of the cloud after 1,000 of your steps?

# %% role="spoiler"
draw = np.random.default_rng(9)
A, c, w = 0.7 * np.eye(2), np.zeros(2), np.array([1.0, -0.5])
z = draw.normal(size=(200, 2))
clouds = {}
for count in range(1001):
    if count in (0, 20, 1000):
        fakes = clouds[count] = np.tanh(z @ A.T + c)
        print(
            f"after {count:5,} steps: L_G = {np.logaddexp(0, -fakes @ w).mean():.3f},", end=" "
        )
        print("standard deviation of the two pixels", fakes.std(axis=0).round(3))
    A, c = map(np.asarray, checked_generator_step_by_hand(A, c, w, 0.0, z, 0.2))

# %% role="spoiler" fold="Draw the cloud of fakes after 0, 20 and 1,000 steps"
side = np.linspace(-1, 1, 81)
verdicts = 1 / (1 + np.exp(-(side[np.newaxis, :] * w[0] + side[:, np.newaxis] * w[1])))
figure, panels = plt.subplots(1, 3, figsize=(9.6, 3.3), sharey=True)
for axes, (count, fakes) in zip(panels, clouds.items(), strict=True):
    shades = axes.contourf(side, side, verdicts, levels=12, cmap="Greys", alpha=0.35)
    look = {"color": plots.COLOURS["fake"], "markersize": 4, "clip_on": False}
    axes.plot(*fakes.T, plots.MARKERS["fake"], **look)
    axes.set(title=f"after {count:,} steps", xlabel="pixel 1", aspect="equal")
panels[0].set_ylabel("pixel 2")
figure.colorbar(shades, ax=panels, label="$D(x)$", shrink=0.8)
plots.show(
    figure,
    alt="Three squares of the two pixels, darker where D takes a picture for real, which is towards the lower right "
    "corner. The fakes are spread over the square at first; after 20 steps they have drifted to the lower right; "
    "after 1,000 they all lie in that corner.",
)

# %% [markdown]
# All fakes end in one corner, the picture that this $D$ likes best, whatever $z$ was: **a discriminator that stands
# still is answered with a single picture.**

# %% [markdown]
# ## The loop, first way: train_on_batch
# Now to the loop. We play the same five steps in each of three ways: with the same start, the same real pictures,
# the same noise and the same plain gradient descent, so that the weights at the end can be compared.

# %%
BATCH = 64
real_batches = [garments.images_train[64 * i : 64 * (i + 1)] for i in range(5)]
stream = keras.random.SeedGenerator(0)  # remembers how much noise it has given
noise_batches = [
    keras.random.normal((BATCH, LATENT_SIZE), seed=stream).numpy() for _ in range(5)
]
five_steps = list(zip(real_batches, noise_batches, strict=True))


def fresh_pair():
    """Generator and discriminator, the same at every call."""
    keras.utils.set_random_seed(7)
    return dense_generator(), dense_discriminator()


def descent():
    return keras.optimizers.SGD(0.1)


def movement(network, before):
    """The largest change of any weight."""
    pairs = zip(network.get_weights(), before, strict=True)
    return max(float(np.abs(now - then).max()) for now, then in pairs)


# %% [markdown]
# The oldest way, and the one in most tutorials, wants no gradients at all. Keras shall train a network on a batch
# with `train_on_batch`: first $D$ on real pictures with target 1 and fakes with target 0, then a **combined** model,
# $D$ behind $G$, on noise with target 1. In the combined model only $G$ must learn, so the recipe says: *compile $D$,
# freeze it, compile the combined model*.
#
# **Predict first.** Which weights will move?

# %% role="spoiler"
import warnings


def old_loop(generator, discriminator, optimizers, batches, toggle):
    """train_on_batch for each (real, noise); returns both losses of every step.

    toggle: say anew before every call whether D may learn.
    """
    discriminator.compile(optimizer=optimizers[0], loss=binary)
    discriminator.trainable = False
    combined = keras.Sequential([generator, discriminator])
    combined.compile(optimizer=optimizers[1], loss=binary)
    losses = []
    for real, noise in batches:
        targets = np.concatenate([np.ones((len(real), 1)), np.zeros((len(noise), 1))])
        fake = generator.predict_on_batch(noise)
        if toggle:
            discriminator.trainable = True
        loss_d = discriminator.train_on_batch(np.concatenate([real, fake]), targets)
        if toggle:
            discriminator.trainable = False
        loss_g = combined.train_on_batch(noise, np.ones((len(noise), 1)))
        losses.append((float(loss_d), float(loss_g)))
    return np.array(losses)


generator, discriminator = fresh_pair()
before = generator.get_weights(), discriminator.get_weights()
with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    old_loop(generator, discriminator, (descent(), descent()), five_steps, toggle=False)
print(f"largest change of a weight of G: {movement(generator, before[0]):.4f}")
print(f"largest change of a weight of D: {movement(discriminator, before[1]):.4f}")
print("said once:", *{str(each.message) for each in heard if "trainable" in str(each.message)})

# %% [markdown]
# **The discriminator has not moved at all.** In the Keras of these tutorials, `compile` noted which weights may be
# trained; so $D$ had been noted before it was frozen. In Keras 3 `trainable` is read later: when the train function is
# first *traced*, that is, when the first call of `train_on_batch` turns the Python code into a graph. By then $D$ is
# frozen, and stays so in this graph for good. All you get is a single line, once, among the messages of the start.
#
# And it does not look broken. Here are 150 steps of it (with Adam now), beside the same loop that says before each
# call what may learn.

# %%
feed = datasets.batches(photographs, BATCH, seed=1).as_numpy_iterator()
draw = np.random.default_rng(2)
longer = [
    (next(feed), draw.normal(size=(BATCH, LATENT_SIZE)).astype("float32")) for _ in range(150)
]
fixed = np.random.default_rng(3).normal(size=(12, LATENT_SIZE)).astype("float32")

rows, curves = {}, {}
for name, toggle in {"never trained": False, "trained": True}.items():
    generator, discriminator = fresh_pair()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        curves[name] = old_loop(generator, discriminator, (adam(), adam()), longer, toggle)
    rows[f"D {name}"] = generator.predict_on_batch(fixed)

# %% fold="Draw the losses and twelve pictures of each"
figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.0), sharey=True)
for axes, (name, losses) in zip(panels, curves.items(), strict=True):
    for role, values, style in zip(
        ("discriminator", "generator"), losses.T, ("-", "--"), strict=True
    ):
        axes.plot(values, color=plots.COLOURS[role], linestyle=style, label=f"loss of {role}")
    axes.set(title=f"The discriminator is {name}", xlabel="step", ylim=(0, 4))
panels[0].set_ylabel("loss")
panels[0].legend(loc="upper right")
plots.show(
    figure,
    alt="Losses over 150 steps. On the left, with a discriminator that is never trained, the generator's loss "
    "falls within some steps to zero while the discriminator's rises beyond four. On the right both losses "
    "go up and down between 0.1 and 2.5.",
)
plots.show(
    picture_rows(rows, "After 150 steps"),
    alt="Two rows of twelve pictures. Above, where the discriminator never learned, there is noise of black and white "
    "dots, nearly the same in every picture. Below, a blob begins to show in the middle, on darker corners.",
)

# %% [markdown]
# On the left the generator's loss falls beautifully. It has found the one pattern of dots that a random network takes
# for real, and it draws nothing else. **A falling loss in a GAN is no sign of progress; look at the pictures, and at
# whether the weights move.**
#
# The cure in the right panel: set `trainable` before *every* call. It is read only when a graph is traced, but
# whenever that happens, it is right. (To set it before the first call of each function would do for that shape of
# batch. But a batch of another size makes Keras trace again, and read `trainable` again, as the next cell shows.)

# %%
_, discriminator = fresh_pair()
discriminator.compile(optimizer=descent(), loss=binary)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for size in (64, 64, 40, 40, 64):
        before = discriminator.get_weights()
        discriminator.train_on_batch(real_batches[0][:size], np.ones((size, 1)))
        moved = "moved" if movement(discriminator, before) > 0 else "did not move"
        print(f"batch of {size}, trainable={discriminator.trainable}: D {moved}")
        discriminator.trainable = False  # from now on, or so one thinks

# Two batches for a network that always says 0: their squared errors are 0 and 4, their mean is 2.
silent = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
silent.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
told = [float(silent.train_on_batch(np.ones((4, 1)), np.full((4, 1), y))) for y in (0.0, 2.0)]
meaning = {4: "the loss of that batch", 2: "the mean of all calls so far"}
print(f"train_on_batch of this Keras returned {told[1]:.0f}:", meaning[round(told[1])])

# %% [markdown]
# So `train_on_batch` misleads in more than one way:
#
# 1. *Which weights move* depends on what `trainable` was when a graph was traced, not on what it is now.
# 2. *The number it returns*: in Keras 3, until a correction in spring 2026, it was the mean over all calls so far,
#    and not the loss of this batch (the last line above says what yours does). Curves drawn from it look smooth and
#    calm whatever happens.
# 3. *The scale*: $D$'s loss is the mean over real and fake pictures together, hence our $\frac12$. Other loops add the
#    two means, and for them the same learning rate is twice as large.
# 4. *The time*: three calls a step from Python to TensorFlow, with the fakes carried out to NumPy and back.
#
# We shall not use it again. But you will meet it, and now you can read it.

# %% [markdown]
# ## Second way: GradientTape and tf.function
# Here nothing is hidden: which loss, which weights, in which order. $D$'s step uses the fakes as data; in $G$'s step
# they are made *inside* the tape, so that the gradient finds its way through $D$ back to $\theta$. Each optimiser is
# given its own network's weights, and nothing needs freezing.


# %%
def make_step(
    generator,
    discriminator,
    discriminator_optimizer,
    generator_optimizer,
    d_loss=loss_of_discriminator,
    g_loss=loss_of_generator,
):
    """A function (real, noise) -> (L_D, L_G) that plays one step of the game."""
    discriminator_optimizer.build(discriminator.trainable_variables)
    generator_optimizer.build(generator.trainable_variables)

    @tf.function
    def step(real, noise):
        # The discriminator learns to tell real from fake.
        fake = generator(noise, training=True)
        with tf.GradientTape() as tape:
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
            loss_d = d_loss(real_logits, fake_logits)
        weights = discriminator.trainable_variables
        discriminator_optimizer.apply(tape.gradient(loss_d, weights), weights)

        # The generator learns what the discriminator, a little wiser now, takes for real.
        with tf.GradientTape() as tape:
            fake = generator(noise, training=True)
            loss_g = g_loss(discriminator(fake, training=True))
        weights = generator.trainable_variables
        generator_optimizer.apply(tape.gradient(loss_g, weights), weights)
        return loss_d, loss_g

    return step


generator, discriminator = fresh_pair()
step = make_step(generator, discriminator, descent(), descent())
for real, noise in five_steps:
    loss_d, loss_g = step(real, noise)
    print(f"L_D = {float(loss_d):.4f}   L_G = {float(loss_g):.4f}")
by_tape = generator.get_weights() + discriminator.get_weights()

# %% [markdown]
# `@tf.function` runs the Python code **once** for each kind of input, to trace a graph of it, and from then on only
# the graph. That is what makes it fast. It is also why everything in Python that is not a tensor is frozen at the
# moment of tracing. Two consequences that cost people days:

# %% tags=["nbval-check-output"]
traced = []


@tf.function
def numpy_noise():
    traced.append("once")  # Python: runs only while tracing
    return tf.constant(np.random.default_rng().normal())


dice = keras.random.SeedGenerator(1)


@tf.function
def keras_noise():
    return keras.random.normal((), seed=dice)


for name, noise_of in (
    ("NumPy in a tf.function", numpy_noise),
    ("Keras with a seed", keras_noise),
):
    print(
        f"{name}: {len({float(noise_of()) for _ in range(5)})} different numbers in five calls"
    )


@tf.function
def double(x):
    traced.append(x)
    return 2 * x


traced.clear()
for value in (1, 2, 3):
    double(value)
print("traced for the Python numbers 1, 2, 3:", len(traced), "times")
traced.clear()
for value in (1, 2, 3):
    double(tf.constant(value))
print("traced for the same as tensors:", len(traced), "time")

# %% [markdown]
# NumPy's noise inside a `tf.function` is the *same* noise at every step: $G$ learns to draw 64 pictures. And a Python
# number as an argument, such as the step or an annealed weight, makes a new graph for each value.
#
# What does the graph gain? `python_function` is the code without it. (Times are your machine's.)

# %% role="spoiler"
import time


def milliseconds(function, count):
    function(*five_steps[0])  # tracing, if any
    began = time.perf_counter()
    for _ in range(count):
        function(*five_steps[0])
    return 1000 * (time.perf_counter() - began) / count


def one_old_step(real, noise):
    fake = generator.predict_on_batch(noise)
    discriminator.trainable = True
    discriminator.train_on_batch(np.concatenate([real, fake]), old_targets)
    discriminator.trainable = False
    combined.train_on_batch(noise, old_targets[:BATCH])


print(f"tape, step by step in Python: {milliseconds(step.python_function, 20):5.1f} ms a step")
print(f"tape, as a graph:             {milliseconds(step, 100):5.1f} ms a step")
old_targets = np.concatenate([np.ones((BATCH, 1)), np.zeros((BATCH, 1))])
generator, discriminator = fresh_pair()
discriminator.compile(optimizer=descent(), loss=binary)
combined = keras.Sequential([generator, discriminator])
combined.compile(optimizer=descent(), loss=binary)
print(f"train_on_batch:               {milliseconds(one_old_step, 50):5.1f} ms a step")

# %% [markdown]
# ## Third way: train_step
# `fit` of Keras can do a great deal: epochs, progress, callbacks, several steps a call, several devices. All it needs
# to know is what one step is. So we put our step into a `keras.Model`, and its noise too: the `SeedGenerator` is part
# of the model, saved and restored with it.


# %%
class FirstGAN(keras.Model):
    """Two networks, two optimisers, and the step of the game between them."""

    def __init__(self, generator, discriminator, seed=0):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.noise = keras.random.SeedGenerator(seed)
        self.trackers = [
            keras.metrics.Mean("discriminator_loss"),
            keras.metrics.Mean("generator_loss"),
        ]
        self.built = True  # its two networks are, and it has no `call` of its own

    def compile(self, discriminator_optimizer, generator_optimizer, **options):
        super().compile(jit_compile=False, **options)  # XLA costs more time than it saves
        self.discriminator_optimizer = discriminator_optimizer
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer.build(self.discriminator.trainable_variables)
        self.generator_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self):
        return self.trackers  # so that Keras resets them at the start of each epoch

    def train_step(self, real):
        noise = keras.random.normal((ops.shape(real)[0], LATENT_SIZE), seed=self.noise)

        fake = self.generator(noise, training=True)
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
            loss_d = loss_of_discriminator(real_logits, fake_logits)
        weights = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss_d, weights), weights)

        with tf.GradientTape() as tape:
            fake = self.generator(noise, training=True)
            loss_g = loss_of_generator(self.discriminator(fake, training=True))
        weights = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(loss_g, weights), weights)

        for tracker, loss in zip(self.trackers, (loss_d, loss_g), strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}


# %% [markdown]
# ### The same numbers
# Five steps in each of the three ways, and as a fourth the library's `GAN`, which adds the two means of $L_D$ without
# our $\frac12$ and so gets half the learning rate for $D$. Its noise and that of `FirstGAN` come out of a
# `SeedGenerator(0)`, like the five batches of noise above.
#
# How equal can they be? float32 keeps some seven digits. Each way adds up the same terms, but in another order, so
# each sum is off by a few units in the last digit. The largest weight is 0.30 at the start, and the largest movement in
# five steps 0.11, as the cell prints; rounding is then of the order of 1e-8 to 1e-7. We ask for 1e-5, a ten-thousandth
# of the movement. A step left out or a learning rate twice as large is far beyond that; the cell tries both.
#
# (Why plain descent and not Adam? Adam divides each gradient by its own size. Where the gradient is nothing but
# rounding, it makes a full step of it, in one way to the left and in the other to the right.)

# %%
ways = {"GradientTape": by_tape}

generator, discriminator = fresh_pair()
start = generator.get_weights() + discriminator.get_weights()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    old_loop(generator, discriminator, (descent(), descent()), five_steps, toggle=True)
ways["train_on_batch"] = generator.get_weights() + discriminator.get_weights()

model = FirstGAN(*fresh_pair())
model.compile(descent(), descent())
in_order = tf.data.Dataset.from_tensor_slices(np.stack(real_batches))
model.fit(in_order, shuffle=False, verbose=0)
ways["train_step"] = model.generator.get_weights() + model.discriminator.get_weights()

library = GAN(*fresh_pair(), averaging=None, seed=0)
library.compile(
    generator_optimizer=keras.optimizers.SGD(0.1),
    discriminator_optimizer=keras.optimizers.SGD(0.05),
)
library.fit(in_order, shuffle=False, verbose=0)
ways["course_lib.models.gan"] = (
    library.generator.get_weights() + library.discriminator.get_weights()
)


def apart(one, two):
    return max(float(np.abs(a - b).max()) for a, b in zip(one, two, strict=True))


largest = max(float(np.abs(weights).max()) for weights in start)
print(f"largest weight at the start: {largest:.4f}")
print(f"largest movement in five steps: {apart(by_tape, start):.4f}")
for name, weights in ways.items():
    difference = apart(weights, by_tape)
    print(f"{name:15} differs from GradientTape by at most {difference:.1e}")
    assert difference < 1e-5, name

for mistake, batches, rate in (
    ("one step left out", five_steps[:4], 0.1),
    ("rate 0.2 for D", five_steps, 0.2),
):
    generator, discriminator = fresh_pair()
    step = make_step(generator, discriminator, keras.optimizers.SGD(rate), descent())
    for real, noise in batches:
        step(real, noise)
    wrong = generator.get_weights() + discriminator.get_weights()
    print(f"{mistake:17} differs by {apart(wrong, by_tape):.1e}")
    assert apart(wrong, by_tape) > 1e-3

# %% [markdown]
# Three loops, one game. From now on choose by convenience: `train_step` for everything that is to be watched, saved
# and resumed; a naked tape where you want to experiment with the step itself.
#
# ## Exercise 4: algorithm 1
# The first paper on GANs has its training loop as "Algorithm 1": **$k$ steps of the discriminator**, each on new real
# pictures and new noise, and then one step of the generator, again on new noise. Write it, with the generator's loss
# of this lesson: `algorithm_1(generator, discriminator, generator_optimizer, discriminator_optimizer, real, noise)`.
#
# - `real` is a list of $k$ batches of real pictures, one for each step of $D$; `noise` is a list of $k + 1$ batches of
#   latents: one for each step of $D$, in order, and the last one for $G$.
# - $L_D$ = mean softplus of $-l(x)$ **plus** mean softplus of $l(\tilde x)$ (no $\frac12$ here), and $L_G$ = mean
#   softplus of $-l(\tilde x)$.
# - Call the networks with `training=True`, the generator once for each batch of noise. Real and fake go through $D$ in
#   two calls.
# - Return the two losses: $L_D$ of the last of $D$'s steps and $L_G$, each as it was before its own update.
#
# `optimizer.apply(gradients, weights)` makes the step. Your function needs no `@tf.function` of its own, but it will
# be called inside one, as `in_a_graph` below does it, where a loss has no value yet: return it as it is, without
# `.numpy()`. The check follows a linear generator and a linear discriminator by hand.


# %% role="setup"
def linear_pair(A, c, w, b):
    """G(z) = A z + c and l(x) = w x + b as Keras networks, for vectors instead of pictures."""
    generator = keras.Sequential([keras.Input((A.shape[1],)), layers.Dense(A.shape[0])])
    discriminator = keras.Sequential([keras.Input((len(w),)), layers.Dense(1)])
    generator.set_weights([A.T, c])
    discriminator.set_weights([w[:, np.newaxis], np.array([b])])
    return generator, discriminator


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def in_a_graph(function, *tensors):
    """function(*tensors), run as a graph like a train step; with autograph, which is slow, only if it must be."""
    try:
        return tf.function(function, autograph=False)(*tensors)
    except Exception:  # Python's `for`, `if` or `len` on a tensor, perhaps
        return tf.function(function)(*tensors)


# %% role="exercise" grade_id="algorithm_1"
# Exercise 4
def algorithm_1(
    generator, discriminator, generator_optimizer, discriminator_optimizer, real, noise
):
    """k steps of D, one for each batch in `real`, and one of G; returns (L_D of D's last step, L_G)."""
    ### BEGIN SOLUTION
    for images, latents in zip(real, noise[:-1], strict=True):
        fake = generator(latents, training=True)
        with tf.GradientTape() as tape:
            real_logits = discriminator(images, training=True)
            fake_logits = discriminator(fake, training=True)
            loss_d = ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
        weights = discriminator.trainable_variables
        discriminator_optimizer.apply(tape.gradient(loss_d, weights), weights)
    with tf.GradientTape() as tape:
        fake = generator(noise[-1], training=True)
        loss_g = ops.mean(ops.softplus(-discriminator(fake, training=True)))
    weights = generator.trainable_variables
    generator_optimizer.apply(tape.gradient(loss_g, weights), weights)
    return loss_d, loss_g
    ### END SOLUTION


# %% role="check" grade_id="algorithm_1"
def followed_by_hand(A, c, w, b, real, noise, rate_g, rate_d):
    """The weights and losses after k steps of a linear D and one of a linear G."""
    for x, z in zip(real, noise, strict=False):
        fake = z @ A.T + c
        loss_d = np.logaddexp(0, -(x @ w + b)).mean() + np.logaddexp(0, fake @ w + b).mean()
        push_real = (sigmoid(x @ w + b) - 1) / len(x)
        push_fake = sigmoid(fake @ w + b) / len(z)
        b_new = b - rate_d * (push_real.sum() + push_fake.sum())
        w, b = w - rate_d * (push_real @ x + push_fake @ fake), b_new

    def step_of_g(z, target=1):
        verdicts = sigmoid((z @ A.T + c) @ w + b)
        on_pixels = (verdicts - 1 if target else -verdicts)[:, np.newaxis] / len(z) * w
        return -rate_g * on_pixels.T @ z

    along = {"right": step_of_g(noise[-1]), "minimax": step_of_g(noise[-1], target=0)}
    along["other noise"] = [step_of_g(z) for z in noise[:-1]]
    logits = (noise[-1] @ A.T + c) @ w + b
    return w, b, along, loss_d, np.logaddexp(0, -logits).mean()


def plays_algorithm_1(algorithm_1):
    draw = np.random.default_rng(4)
    A, c, w, b = draw.normal(size=(4, 2)), draw.normal(size=4), draw.normal(size=4) / 2, 0.2
    real, noise = draw.normal(1, 1, size=(3, 6, 4)), draw.normal(size=(4, 6, 2))
    generator, discriminator = linear_pair(A, c, w, b)
    optimizers = keras.optimizers.SGD(0.4), keras.optimizers.SGD(0.2)
    inputs = list(real.astype("float32")), list(noise.astype("float32"))
    try:
        result = algorithm_1(generator, discriminator, *optimizers, *inputs)
    except ValueError as error:
        if "No gradients" not in str(error):
            raise
        return "No gradient arrives at the weights. Are the generator's fakes made inside the tape?"
    w_seen, moved = (
        discriminator.get_weights()[0][:, 0],
        generator.get_weights()[0].T - A.astype("float32"),
    )
    w_right, _, along, loss_d, loss_g = followed_by_hand(A, c, w, b, real, noise, 0.4, 0.2)
    w_once, *_ = followed_by_hand(A, c, w, b, real[:1], noise, 0.4, 0.2)
    near = {"rtol": 0, "atol": 1e-4}  # float32; the steps are some 0.1
    if np.allclose(w_seen, w, rtol=0, atol=1e-6):
        return "The discriminator has kept its weights: it should make k steps."
    if np.allclose(w_seen, w_once, **near):
        return (
            "The discriminator has made one step. It should make one for each batch in `real`."
        )
    if not np.allclose(w_seen, w_right, **near):
        return (
            "The discriminator ends elsewhere than by hand. Real pictures get softplus(-l), fakes softplus(l), both "
            "means added; step i uses real[i] and noise[i]; its k steps come first, on fakes of the G that was given; "
            "and in the generator's turn D stays as it is."
        )
    if np.allclose(moved, 0, rtol=0, atol=1e-6):
        return "The generator has kept its weights. Are its fakes made inside the tape?"
    if any(np.allclose(moved, each, **near) for each in along["other noise"]):
        return "The generator's step is right, but on noise that D has had: the last batch, noise[-1], is for G."
    if np.sum(moved * along["right"]) < 0:
        return "The generator went the wrong way: it should make D call its fakes real, softplus(-l)."
    if np.allclose(moved, along["minimax"], **near):
        return "The generator's step is that of the minimax loss, log(1 - D); here it is -log D, softplus(-l)."
    if not np.allclose(moved, along["right"], **near):
        return "D is right. The generator ends elsewhere than by hand: it uses noise[-1], and D after its k steps."
    if np.shape(result) != (2,) or not np.allclose(result, (loss_d, loss_g), **near):
        return "All steps are right. Return two losses: L_D of D's last step and L_G, each before its own update."
    heard = [], []
    networks = (
        keras.Sequential([keras.Input((2,)), ear(heard[0]), layers.Dense(4)]),
        keras.Sequential([keras.Input((4,)), ear(heard[1]), layers.Dense(1)]),
    )
    for calls in heard:
        calls.clear()  # Keras has called them too, when it put them together
    algorithm_1(*networks, *(keras.optimizers.SGD(0.1) for _ in range(2)), *inputs)
    if not all(training for calls in heard for training, _ in calls):
        return (
            "All right for these networks. But with batch norm or dropout in one of them it is not, for they do "
            "something else in inference: every call in a train step wants training=True."
        )
    if max(pictures for _, pictures in heard[1]) > 6:
        return (
            "Real and fake went through D in one call. That makes no difference here, but with batch norm in D it "
            "does (lesson 5): make two calls."
        )
    if len(heard[0]) > 4:
        return f"The generator was called {len(heard[0])} times for {len(noise)} batches of noise: once each will do."
    return stops_in_a_graph(algorithm_1, linear_pair(A, c, w, b), inputs, w_right)


def stops_in_a_graph(algorithm_1, pair, inputs, w_right):
    """Asked last: inside a tf.function, twice, as the training below calls it."""
    optimizers = keras.optimizers.SGD(0.4), keras.optimizers.SGD(0.2)
    for optimizer, network in zip(optimizers, pair, strict=True):
        optimizer.build(network.trainable_variables)

    @tf.function
    def step(real, noise):
        return algorithm_1(*pair, *optimizers, real, noise)

    tensors = [[tf.constant(each) for each in batches] for batches in inputs]
    start = [network.get_weights() for network in pair]
    try:
        for _ in range(2):
            for network, weights in zip(pair, start, strict=True):
                network.set_weights(weights)
            step(*tensors)
    except Exception as error:  # whatever a graph cannot do
        return (
            f"Right step by step, but inside a tf.function it stops ({type(error).__name__}). There a loss has no "
            "value yet: return it as it is, without .numpy() and NumPy's functions."
        )
    if not np.allclose(pair[1].get_weights()[0][:, 0], w_right, rtol=0, atol=1e-4):
        return "Right step by step, but not inside a tf.function. Does your Python keep something between calls?"
    return None


def ear(calls):
    """A layer that hands its input on and notes of each call (training, number of pictures)."""

    class Ear(layers.Layer):
        def call(self, inputs, training=False):
            calls.append((bool(training), inputs.shape[0]))
            return inputs

    return Ear()


checked_algorithm_1 = check_that(4, "algorithm_1", plays_algorithm_1, otherwise=OUR_ANSWER)


# %% role="graded" grade_id="algorithm_1" points=3 tolerance=1e-3
class Centred(layers.Layer):
    """Tells one call for real and fake from two, and training from inference, as batch norm does, in a fifth of it."""

    def build(self, shape):
        self.usual = self.add_weight(shape=shape[-1:], initializer="zeros", trainable=False)

    def call(self, signal, training=False):
        if not training:
            return signal - self.usual
        mean = tf.reduce_mean(signal, axis=0)
        self.usual.assign((self.usual + mean) / 2)
        return signal - mean


generator = keras.Sequential(
    [keras.Input((3,)), layers.Dense(4, activation="tanh"), Centred()]
)
discriminator = keras.Sequential([keras.Input((4,)), Centred(), layers.Dense(1)])
for network in (generator, discriminator):
    network.set_weights([random.uniform(0.2, 0.9, w.shape) for w in network.get_weights()])
    for layer in network.layers:
        if isinstance(layer, layers.Dense):
            layer.kernel.assign(random.normal(0, 0.7, layer.kernel.shape))


def numbers():
    """All of G's, and the trained ones of D: its running values depend on which call comes first, real or fake."""
    weights = generator.get_weights(), map(np.asarray, discriminator.trainable_variables)
    return [np.concatenate([w.ravel() for w in each]) for each in weights]


before = numbers()
k = int(random.integers(2, 4))
real = random.normal(0.5, 0.6, size=(k, 8, 4)).astype("float32")
noise = random.normal(size=(k + 1, 8, 3)).astype("float32")
rates = random.uniform(0.1, 0.4, size=2)
optimizers = [keras.optimizers.SGD(float(rate)) for rate in rates]
for optimizer, network in zip(optimizers, (generator, discriminator), strict=True):
    optimizer.build(network.trainable_variables)


def step(real, noise):
    return algorithm_1(generator, discriminator, *optimizers, real, noise)


losses = in_a_graph(
    step, *([tf.constant(each) for each in batches] for batches in (real, noise))
)
after = numbers()
publish(generator=after[0] - before[0], discriminator=after[1] - before[1], losses=losses)

# %% [markdown]
# ## Training
# Now your own step trains. It goes into the `train_step` of `FirstGAN`, with $k = 1$, as in the experiments of the
# first paper ("the least expensive option", says its section 4); the pictures come out of your `prepare`; and `fit`
# does the rest, with a callback of six lines that keeps pictures of what twelve fixed latents become.


# %%
class YourGAN(FirstGAN):
    """FirstGAN with the step of exercise 4, one turn of D for each of G."""

    step = staticmethod(tf.function(checked_algorithm_1))

    def train_step(self, real):
        shape = ops.shape(real)[0], LATENT_SIZE
        noise = [keras.random.normal(shape, seed=self.noise) for _ in range(2)]
        players = self.generator, self.discriminator
        optimizers = self.generator_optimizer, self.discriminator_optimizer
        losses = self.step(*players, *optimizers, [real], noise)
        for number, tracker in enumerate(self.trackers):
            tracker.update_state(losses[number])
        return {tracker.name: tracker.result() for tracker in self.trackers}


class Film(keras.callbacks.Callback):
    """Keeps the pictures of some fixed latents after every epoch."""

    def __init__(self, latents):
        super().__init__()
        self.latents, self.frames = latents, []

    def on_epoch_end(self, epoch, logs=None):
        self.frames.append(self.model.generator(self.latents, training=False).numpy())


prepared, _ = checked_prepare(
    np.rint((photographs[..., 0] + 1) * 127.5),  # 0..255, as in the file
    garments.labels_train[: len(photographs)],
    10,
)
prepared = np.asarray(prepared)


def train_your_gan(make_pair, epochs=10, steps_per_epoch=200):
    keras.utils.set_random_seed(4)
    generator, discriminator = make_pair()
    discriminator(generator(fixed))  # without keras.Input they get their weights here
    model = YourGAN(generator, discriminator, seed=4)
    model.compile(adam(), adam(), steps_per_execution=50)
    film = Film(fixed)
    history = model.fit(
        datasets.batches(prepared, BATCH, seed=4),
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        callbacks=[film],
        shuffle=False,  # they are shuffled already
        verbose=0,
    )
    return model, film.frames, history.history


model, frames, history = train_your_gan(lambda: (dense_generator(64), dense_discriminator(64)))

# %% fold="Draw the losses, and four moments of the film"
steps = 200 * np.arange(1, 11)
# Algorithm 1 adds the means over real and over fake: half of that is the mean over all pictures.
history["discriminator_loss"] = np.array(history["discriminator_loss"]) / 2
figure = plots.training_curves(
    {"step": steps, **history},
    title="Losses of your GAN (that of D halved), means over 200 steps",
    levels={"both, if D only guesses: log 2": np.log(2)},
)
plots.show(
    figure,
    alt="Losses over 2,000 steps. The discriminator's rises from 0.35 to about 0.6 and stays below the dotted line at "
    "0.69; the generator's falls slowly from 1.6 to 1.1, well above it.",
)
plots.show(
    picture_rows(
        {f"step {steps[at]:,}": frames[at] for at in (0, 1, 3, 9)}, "Drawn by your GAN"
    ),
    alt="Four rows of twelve pictures, after 200, 400, 800 and 2,000 steps: blurred blobs at first, then grainy "
    "trousers, shirts and a shoe.",
)

# %% [markdown]
# What to look for:
#
# - **The losses do not say how good the pictures are.** $L_D$ even *rises* while the discriminator learns, and after
#   some 1,200 steps both curves are nearly flat, while the pictures go on getting better. Each player's loss says only
#   how it stands against the other one *of the same moment*, and both improve.
# - **The level says who is ahead.** A discriminator that only guesses has $D = \frac12$ everywhere and pays $-\log
#   \frac12 = \log 2 \approx 0.693$, and so does the generator. Our discriminator pays less and our generator more: it
#   can still tell. A loss of $D$ that goes to 0 and stays there would be bad news.
#
# **A good place to stop.** You have the whole loop. Next: how small the networks can be, and five patients in whom one
# line of the loop is wrong.

# %% [markdown]
# ## How small can it be?
# The hidden layer of our generator is all that it knows: every picture is 64 numbers $h$, put through one matrix
# and a tanh. Before the tanh, then, each picture is a background (the bias) plus a sum of the same 64 patterns, each
# with a weight of its own. With 8 hidden units there are 8 patterns. **Predict first:** what can they draw?
#
# For the comparison we measure too. The Fréchet distance (lesson 7) compares two sets of pictures by what a small
# classifier notices about them; lower is better.

# %% role="spoiler"
from course_lib.scores import metrics

thousand = np.random.default_rng(6).normal(size=(1000, LATENT_SIZE)).astype("float32")
scale = metrics.score_scale(count=1000)
print(f"1,000 pictures, real:                  distance {scale['real']:5.1f}")
print(f"1,000 pictures, noise:                 distance {scale['noise']:5.1f}")
rows = {}
for hidden in (8, 16, 64):
    small, small_frames = model, frames
    if hidden != 64:
        small, small_frames, _ = train_your_gan(
            lambda hidden=hidden: (dense_generator(hidden), dense_discriminator(hidden))
        )
    score = metrics.frechet_score(small.generator(thousand, training=False).numpy())
    rows[f"{hidden} hidden"] = small_frames[-1]
    total = sum(parameters(hidden))
    print(f"{hidden:3} hidden units, {total:7,} parameters: distance {score:5.1f}")

# %% role="spoiler" fold="Show what each of them draws"
plots.show(
    picture_rows(rows, "The same training with fewer hidden units, 2,000 steps each"),
    alt="Three rows of twelve pictures. With 8 hidden units there are speckled blobs, half of them like a shirt and "
    "half like a shoe, with 16 the blobs have clearer outlines, and with 64 there are trousers with two legs, a shoe "
    "and shirts with sleeves.",
)

# %% [markdown]
# Even the smallest has understood where garments are and which way they stand. What it lacks is variety, and every
# detail: two legs, a sleeve. We stay with 64: about 100,000 parameters, less than half a megabyte, and a training of
# some seconds.

# %% [markdown]
# ## The ward
# Five more patients. Each has *one* bug, of a kind that has been printed many times. For each you see a symptom
# first; the code with the bug stands in the exercise. Here is the examination, the healthy one as a comparison: 300
# steps with the step from above and the losses that are handed in.


# %%
def examine(
    d_loss=loss_of_discriminator,
    g_loss=loss_of_generator,
    images=photographs[:10_000],
    steps=300,
):
    """Train for some steps; returns both losses of every step and twelve pictures."""
    generator, discriminator = fresh_pair()
    step = make_step(generator, discriminator, adam(), adam(), d_loss, g_loss)
    stream = keras.random.SeedGenerator(5)
    losses = []
    for real in datasets.batches(images, BATCH, seed=5).take(steps):
        noise = keras.random.normal((BATCH, LATENT_SIZE), seed=stream)
        losses.append(step(real, noise))
    pictures = np.nan_to_num(generator(fixed, training=False).numpy())
    return np.array([[float(loss) for loss in pair] for pair in losses]), pictures


untrained = fresh_pair()[0](fixed, training=False).numpy()
healthy = examine()
ended = healthy[0][-50:].mean(axis=0)
print(f"healthy, mean of the last 50 steps: L_D = {ended[0]:.2f}, L_G = {ended[1]:.2f}")


# %% role="setup" fold="How a patient's chart is drawn"
def chart(patient, name, level=None):
    """Losses of the patient beside those of the healthy one, and both their pictures; `level` is dotted."""
    mosaic = [["healthy", "patient"], ["pictures", "pictures"]]
    figure, panels = plt.subplot_mosaic(mosaic, figsize=(8.8, 4.1), height_ratios=(2.2, 1))
    for where, (losses, _) in (("healthy", healthy), ("patient", patient)):
        for role, values, style in zip(
            ("discriminator", "generator"), losses.T, ("-", "--"), strict=True
        ):
            panels[where].plot(
                values, color=plots.COLOURS[role], linestyle=style, label=f"loss of {role}"
            )
        panels[where].set(
            title=where if where == "healthy" else name, xlabel="step", ylabel="loss"
        )
    if level is not None:
        panels["patient"].axhline(level, color=plots.COLOURS["neutral"], linestyle=":")
        panels["patient"].set_title(f"{name} (dotted: {level:.3f})")
    panels["healthy"].legend(loc="upper left")
    both = np.concatenate([healthy[1], patient[1]])
    panels["pictures"].imshow(
        plots.tile(both, columns=12), cmap="gray", interpolation="nearest"
    )
    panels["pictures"].set(
        title="Above healthy, below the patient", xticks=[], yticks=[], xlabel="twelve latents"
    )
    panels["pictures"].grid(False)
    return figure


# %% [markdown]
# ### Patient 1, once more
# You have mended this one in exercise 1: real pictures in [0, 1]. Its symptom in training:

# %%
patient_1 = examine(images=(photographs[:10_000] + 1) / 2)
below = [np.mean(pictures < 0) for pictures in (untrained, patient_1[1])]
print(
    f"pixels below 0: {below[0]:.0%} before training, {below[1]:.0%} after 300 steps, 0% in its data"
)
plots.show(
    chart(patient_1, "patient 1"),
    alt="Left the healthy losses, right those of patient 1, which look healthy too. The patient's pictures are grey "
    "and washed out, on a grey ground instead of a black one.",
)

# %% [markdown]
# The curves would not have told you. $D$ has noticed the pixels below 0, and $G$ learns to avoid them: it uses
# mostly the upper half of its tanh. But shown as pictures in [-1, 1], what is 0 looks grey and not black: **washed-out
# pictures are a range mixed up**, in the data or in the plot.
#
# ### Patients 2 and 3: two strange charts
# Patient 2 has a loss that a cross-entropy can never have. Patient 3 has two losses that everybody would be proud of.
# Look at both, and make a guess, before you read on. (The folded code would tell you.)


# %% fold="Examine patients 2 and 3"
def with_exchanged_arguments(real_logits, fake_logits):
    targets = ops.concatenate([ops.ones_like(real_logits), ops.zeros_like(fake_logits)])
    return binary(ops.concatenate([real_logits, fake_logits]), targets)


patient_2 = examine(d_loss=with_exchanged_arguments)
print(f"patient 2: L_D ends at {patient_2[0][-1, 0]:.1f}")
plots.show(
    chart(patient_2, "patient 2"),
    alt="Left the healthy losses. Right patient 2: the discriminator's loss falls below zero and on, without end. The "
    "patient's pictures are noise.",
)

patient_3 = examine(g_loss=lambda fake_logits: ops.mean(ops.softplus(fake_logits)))
print("patient 3: both losses end at", np.round(patient_3[0][-1], 3))
plots.show(
    chart(patient_3, "patient 3"),
    alt="Left the healthy losses. Right patient 3: both losses fall to zero within ten steps. The patient's "
    "pictures are noise.",
)

# %% [markdown]
# Patient 2's arguments are exchanged: Keras wants `loss(y_true, y_pred)`, the targets first. Written in logits, the
# cross-entropy of a target $t$ is $\mathrm{softplus}(l) - t\,l$. With $l$ and $t$ exchanged it becomes
# $\mathrm{softplus}(t) - l\,t$: for a real picture $1.313 - l$, which falls without end as $l$ grows, and for a fake
# $0.693$, whatever $D$ says. Nobody looks at the fakes any more.

# %% tags=["nbval-check-output"]
logits = np.array([[-1.0], [0.5], [2.0]], "float32")
for target, formula in ((1, np.log1p(np.e) - logits), (0, np.log(2) + 0 * logits)):
    # the logits stand where targets belong
    seen = float(binary(logits, np.full_like(logits, target)))
    print(f"target {target}, exchanged: Keras {seen:6.3f}, formula {formula.mean():6.3f}")

# %% [markdown]
# Patient 3's generator has been trained towards the target **fake**: the same zeros that $D$ gets for its fakes were
# handed to $G$. Both players then want the same, that $D$ recognises the fakes, and both get what they want. The
# game has become a conspiracy, with losses of 0.
#
# ## Exercise 5: repair two losses
# Here is the code of both. `discriminator_loss(real_logits, fake_logits)` is the mean cross-entropy over all pictures
# of the batch; there may be more of one kind than of the other. `generator_loss(fake_logits, importance)` is $L_G$
# with a weight for each fake: the sum of importance times cross-entropy, divided by the sum of the importances. All
# arrays have the shape (n, 1). Mend one fault in each. (The check prints a line for each function.)


# %% role="exercise" grade_id="repair_targets"
# Exercise 5
def discriminator_loss(real_logits, fake_logits):
    """Mean cross-entropy over all real (target 1) and fake (target 0) pictures."""
    targets = ops.concatenate([ops.ones_like(real_logits), ops.zeros_like(fake_logits)])
    logits = ops.concatenate([real_logits, fake_logits])
    ### BEGIN BROKEN
    # return binary(logits, targets)
    ### END BROKEN
    ### BEGIN SOLUTION
    return binary(targets, logits)
    ### END SOLUTION


def generator_loss(fake_logits, importance):
    """L_G, where each fake counts `importance` times."""
    ### BEGIN BROKEN
    # targets = ops.zeros_like(fake_logits)
    ### END BROKEN
    ### BEGIN SOLUTION
    targets = ops.ones_like(fake_logits)
    ### END SOLUTION
    each = ops.binary_crossentropy(targets, fake_logits, from_logits=True)
    return ops.sum(importance * each) / ops.sum(importance)


# %% role="check" grade_id="repair_targets"
real_l = np.array([[2.0], [-1.0], [0.5]], "float32")
fake_l = np.array([[-2.0], [0.3]], "float32")
weights = np.array([[3.0], [1.0]], "float32")


def softplus_mean(*parts):
    return float(np.logaddexp(0, np.concatenate([part.ravel() for part in parts])).mean())


def trains(loss):
    """Asked once the numbers are right: the loss in a train step, where it is a graph and has a gradient."""

    def gradients(*arguments):
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            value = loss(*arguments)
        return tape.gradient(value, arguments)

    try:
        found = in_a_graph(gradients, tf.constant(fake_l), tf.constant(weights))
    except Exception as error:  # whatever a graph cannot do
        return (
            f"The numbers are right, but inside a tf.function it stops ({type(error).__name__}): there a loss has no "
            "value yet. Use functions of keras.ops, and neither float() nor NumPy."
        )
    if found[0] is None:
        return "The numbers are right, but no gradient comes back to the logits: use functions of keras.ops, not NumPy."
    return None


checked_discriminator_loss = check(
    5,
    "discriminator_loss",
    cases=[
        ((real_l, fake_l), softplus_mean(-real_l, fake_l)),
        ((fake_l, real_l), softplus_mean(-fake_l, real_l)),
    ],
    mistakes={
        "Targets and logits are still exchanged: Keras wants the targets first.": [
            float((3 * np.log1p(np.e) - real_l.sum() + 2 * np.log(2)) / 5),
            float((2 * np.log1p(np.e) - fake_l.sum() + 3 * np.log(2)) / 5),
        ],
        "Now real pictures get the target 0 and fakes the target 1; it was the arguments' order that was wrong.": [
            softplus_mean(real_l, -fake_l),
            softplus_mean(fake_l, -real_l),
        ],
        "You add the mean over the real and the mean over the fakes; wanted is one mean over all.": [
            softplus_mean(-real_l) + softplus_mean(fake_l),
            softplus_mean(-fake_l) + softplus_mean(real_l),
        ],
    },
    hint="The targets and the logits are made correctly. Look at the last line.",
    tolerance=1e-5,
    also=trains,
    otherwise=OUR_ANSWER,
)
weighted = {
    sign: float((weights * np.logaddexp(0, sign * fake_l)).sum() / weights.sum())
    for sign in (-1, 1)
}
checked_generator_loss = check(
    5,
    "generator_loss",
    cases=[((fake_l, weights), weighted[-1])],
    mistakes={
        "The generator is still trained towards fake: which answer of D would please it?": [
            weighted[1]
        ],
        "This is the minimax loss, log(1 - D). Ask for the cross-entropy with the generator's own target.": [
            -weighted[1]
        ],
        "The importances are lost: only the targets were wrong.": [softplus_mean(-fake_l)],
        "The targets are right. The mean is another one now: of the importances' sum, not of their number.": [
            float((weights * np.logaddexp(0, -fake_l)).mean())
        ],
    },
    hint="In the broken code only the targets are wrong: leave the rest as it is.",
    tolerance=1e-5,
    also=trains,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="repair_targets" points=1 tolerance=1e-4
sizes = random.permutation(np.arange(4, 10))[:2]
real_logits, fake_logits = (
    random.normal(0.5, 1.5, size=(size, 1)).astype("float32") for size in sizes
)
importance = random.uniform(0.1, 3, size=fake_logits.shape).astype("float32")

publish(
    discriminator=in_a_graph(
        discriminator_loss, tf.constant(real_logits), tf.constant(fake_logits)
    ),
    generator=in_a_graph(generator_loss, tf.constant(fake_logits), tf.constant(importance)),
)

# %% [markdown]
# Are they well again? The same examination, with your two losses in the step, every fake as important as the others.
# A healthy patient's first losses are those of the healthy one, up to rounding.


# %% role="spoiler"
def yours_for_the_generator(fake_logits):
    return checked_generator_loss(fake_logits, ops.ones_like(fake_logits))


treated = examine(d_loss=checked_discriminator_loss, g_loss=yours_for_the_generator)
print(
    "largest difference in the first 5 steps:",
    f"{np.abs(treated[0] - healthy[0])[:5].max():.0e}",
)
ended = treated[0][-50:].mean(axis=0)
print(
    f"with your losses, mean of the last 50 steps: L_D = {ended[0]:.2f}, L_G = {ended[1]:.2f}"
)
plots.show(
    chart(treated, "with your losses"),
    alt="Left the healthy losses, right those of the treated patient: two curves of the same shape. Both draw the "
    "same kind of blurred garments.",
)

# %% [markdown]
# ### Second reading: exchanged, in probabilities
# With *probabilities* instead of logits patient 2's slip is much harder to see. For a verdict $D$ and a target $t$ the
# cross-entropy is $-t \log D - (1 - t) \log(1 - D)$; exchanged it is $-D \log t - (1 - D) \log(1 - t)$. Now the
# logarithms are taken of the targets 0 and 1, and one of them does not exist. So Keras moves the targets by $10^{-7}$:
#
# - for a fake $t = 10^{-7}$ in place of 0, and what comes out is $-D \log 10^{-7} = 7 \log 10 \cdot D = 16.1\, D$;
# - for a real picture $t = 1 - 10^{-7}$ in place of 1, which is no float32 number; the nearest one is $1 - 2^{-23}$. So
#   $-(1 - D) \log 2^{-23} = 23 \log 2 \cdot (1 - D) = 15.9\, (1 - D)$ comes out.
#
# That is never below 0 and smallest where it should be, and so it even trains, only badly, since the slope with respect
# to $D$ no longer depends on how wrong $D$ is.

# %% tags=["nbval-check-output"]
verdicts = 1 / (1 + np.exp(-np.array([[-1.0], [0.5], [2.0]], "float32")))
of_probabilities = keras.losses.BinaryCrossentropy()
for target, formula in (
    (1, 23 * np.log(2) * (1 - verdicts)),  # -log(2^-23) is 23 log 2
    (0, 7 * np.log(10) * verdicts),
):
    seen = float(of_probabilities(verdicts, np.full_like(verdicts, target)))
    print(f"target {target}, exchanged: Keras {seen:5.2f}, formula {formula.mean():5.2f}")

# %% [markdown]
# ### Patients 4 and 5: one is silent, one is loud
# Patient 4's losses are boxed in: $L_G$ never leaves the range from 0.31 to 0.69, and $L_D$ never falls below the
# dotted floor, however long one trains. And for long stretches both lie flat, each at a wall of its box, as if the
# training were asleep. Which wrong loss has a floor and a ceiling? Make a guess again, before you read on.


# %% fold="Examine patient 4"
def with_two_sigmoids(real_logits, fake_logits):
    verdicts = ops.sigmoid(ops.concatenate([real_logits, fake_logits]))
    real, fake = verdicts[:BATCH], verdicts[BATCH:]
    return (binary(ops.ones_like(real), real) + binary(ops.zeros_like(fake), fake)) / 2


def generator_with_two_sigmoids(fake_logits):
    verdicts = ops.sigmoid(ops.concatenate([fake_logits, fake_logits]))[:BATCH]
    return binary(ops.ones_like(verdicts), verdicts)


floor = (np.log1p(np.exp(-1)) + np.log(2)) / 2
patient_4 = examine(with_two_sigmoids, generator_with_two_sigmoids)
print(
    f"patient 4: smallest L_D in 300 steps {patient_4[0][:, 0].min():.4f}, floor {floor:.4f}"
)
print(
    f"patient 4: L_G between {patient_4[0][:, 1].min():.3f} and {patient_4[0][:, 1].max():.3f}"
)
assert patient_4[0][:, 0].min() > floor - 1e-6
plots.show(
    chart(patient_4, "patient 4", level=floor),
    alt="Left the healthy losses. Right patient 4: for long stretches both losses lie flat, the generator's at 0.31 "
    "or 0.69, the discriminator's at 0.81 or at a dotted floor at 0.503. The patient's pictures are noise.",
)

# %% [markdown]
# Its discriminator ends in a sigmoid, and the loss has `from_logits=True`, so it applies the sigmoid again. A verdict
# between 0 and 1 is taken for a logit: the loss believes in probabilities between $\sigma(0) = 0.5$ and $\sigma(1) =
# 0.73$ only. So $L_G$ lies between $\mathrm{softplus}(-1) = 0.313$ and $\mathrm{softplus}(0) = 0.693$, and even a
# perfect $D$ pays $\frac12 (0.313 + 0.693) = 0.503$: that is the floor.
#
# The flat stretches have the same cause. The sigmoid too many multiplies all gradients by its slope, $D (1 - D)$: at
# most $\frac14$, and next to nothing where $D$ is sure. Where $L_D = \frac12 (0.313 + 1.313) = 0.813$, $D$ takes
# *everything* for real, is sure of it, and so learns hardly anything from being wrong. Where $L_D$ lies on the floor,
# $D$ is right and sure, and $G$, whom a right loss would push most strongly there, is not pushed at all. (When the
# patient falls asleep, and whether it wakes up again, hangs on the last digits: on another machine the curves may
# look different, but they do not leave the box.)
#
# Keras knows this bug. It leaves a note with the output of its own sigmoid, and a loss that finds the note warns and
# takes the logits from there. Look how little it takes to lose the note, and with it both the warning and the rescue:

# %%
logits = tf.constant([[3.0], [-2.0]])
targets = tf.constant([[1.0], [0.0]])
truth = float(binary(targets, logits))
outputs = {
    "the output of keras.ops.sigmoid": ops.sigmoid(logits),
    "the same, split into two and joined again": ops.concatenate(
        ops.split(ops.sigmoid(logits), 2)
    ),
    "the same, sliced": ops.sigmoid(logits)[:2],
    "the output of tf.sigmoid": tf.sigmoid(logits),
}
print(f"right would be {truth:.3f}")
for name, output in outputs.items():
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        value = float(binary(targets, output))
    print(f"{name:42} {value:.3f}, {'warned' if heard else 'no warning'}")

# %% [markdown]
# And patient 5? It is the loud one. Somebody wanted the sum of two losses, looked for it among Keras's losses, and
# wrote `keras.losses.Sum()([real_loss, fake_loss])`. That stops at the first step, with a message that names what is
# missing:

# %% tags=["nbval-check-output"]
try:
    keras.losses.Sum()([tf.constant(0.3), tf.constant(0.7)])
except AttributeError as error:
    # The message reads: module '...' has no attribute '...'. We print the second name.
    print("AttributeError:", str(error).split("'")[-2], "does not exist")

# %% [markdown]
# There is no such class. A loss is a number, and `real_loss + fake_loss` adds two of them.
# Loud bugs are the good ones; they get mended in a minute. (But they hide others: code that never ran was never
# tested.)
#
# ## Exercise 6: repair, twice
# This function is to give $L_D = E[-\log D(x)] + E[-\log(1 - D(\tilde x))]$, both means **added**. It takes what comes
# out of the last hidden layer, `hidden` of shape (2n, units), the first n rows from real pictures and the others from
# fakes, and the last layer's `kernel` of shape (units, 1). Make it run, and then make it right: once it runs, the
# silent bug of patient 4 is still there.


# %% role="exercise" grade_id="repair_two_sigmoids"
# Exercise 6
def loss_of_last_layer(hidden, kernel):
    """L_D, both means added; `hidden` (2n, units): first n rows real, then n rows fake."""
    ### BEGIN BROKEN
    # verdicts = ops.sigmoid(ops.matmul(hidden, kernel))
    # count = len(hidden) // 2
    # real, fake = verdicts[:count], verdicts[count:]
    # cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    # real_loss = cross_entropy(ops.ones_like(real), real)
    # fake_loss = cross_entropy(ops.zeros_like(fake), fake)
    # return keras.losses.Sum()([real_loss, fake_loss])
    ### END BROKEN
    ### BEGIN SOLUTION
    logits = ops.matmul(hidden, kernel)
    count = len(hidden) // 2
    real, fake = logits[:count], logits[count:]
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    real_loss = cross_entropy(ops.ones_like(real), real)
    fake_loss = cross_entropy(ops.zeros_like(fake), fake)
    return real_loss + fake_loss
    ### END SOLUTION


# %% role="check" grade_id="repair_two_sigmoids"
hidden_rows = np.array(
    [[1.0, 2.0], [0.5, -1.0], [-1.0, 0.5], [2.0, 1.0], [-0.5, 1.5], [1.5, 0.0]], "float32"
)
kernels = [np.array([[0.8], [0.6]], "float32"), np.array([[-1.5], [0.4]], "float32")]
given = [
    (hidden_rows[:4], kernels[0]),
    (hidden_rows[:4], kernels[1]),
    (hidden_rows, kernels[0]),
]


def added(rows, kernel, squash=0):
    logits, count = rows @ kernel, len(rows) // 2
    for _ in range(squash):
        logits = 1 / (1 + np.exp(-logits))
    real, fake = logits[:count], logits[count:]
    return float(np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean())


checked_loss_of_last_layer = check(
    6,
    "loss_of_last_layer",
    cases=[(each, added(*each)) for each in given],
    mistakes={
        "It runs, and the logits are squashed twice: by ops.sigmoid, and by a loss that takes verdicts for logits.": [
            added(*each, squash=1) for each in given
        ],
        "The cross-entropies are right; but this is half of their sum.": [
            added(*each) / 2 for each in given
        ],
        "Real and fake are exchanged: the first rows are real.": [
            added(-rows, kernel) for rows, kernel in given
        ],
        "Both means are wanted, and here both are sums: divide each by its number of pictures.": [
            added(*each) * len(each[0]) / 2 for each in given
        ],
    },
    hint="Two bugs: how two numbers are added, and whether `real` and `fake` are logits or probabilities.",
    tolerance=1e-5,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="repair_two_sigmoids" points=1 tolerance=1e-4
values = []
for units in (3, 5):
    hidden = random.normal(0, 1, size=(2 * int(random.integers(3, 8)), units)).astype(
        "float32"
    )
    kernel = random.normal(0, 1, size=(units, 1)).astype("float32")
    values.append(loss_of_last_layer(hidden, kernel))
publish(values=values)

# %% [markdown]
# The silent bug has two cures, and each of them is right: leave the sigmoid away, or keep it and say
# `from_logits=False`. Which is the better one? Let $D$ be sure and wrong, with the logit $-l$ for a real picture and
# $l$ for a fake; exactly, that costs $2\,\mathrm{softplus}(l)$. Here is your loss, and beside it the cure that keeps
# the sigmoid.

# %%
of_verdicts = keras.losses.BinaryCrossentropy(from_logits=False)
for size in (2.0, 10.0, 20.0, 30.0):
    logits = np.array([[-size], [size]], "float32")  # a real picture, a fake
    yours = checked_loss_of_last_layer(logits, np.ones((1, 1), "float32"))
    verdicts = tf.sigmoid(logits)
    kept = of_verdicts(np.ones((1, 1)), verdicts[:1]) + of_verdicts(
        np.zeros((1, 1)), verdicts[1:]
    )
    print(
        f"logits {-size:.0f} and {size:.0f}: exactly {2 * np.logaddexp(0, size):.2f},", end=" "
    )
    print(f"yours {float(yours):.2f}, with the sigmoid {float(kept):.2f}")

# %% [markdown]
# With the sigmoid the loss stands still at 32: Keras keeps a verdict $10^{-7}$ away from 0 and 1, which is as far as a
# logit of 16 goes. Where a loss stands still it has no gradient, and a $D$ that is so wrong will never learn it. So
# $D$ ends without a sigmoid (lesson 3).
#
# ### Patient 6: nothing frozen
# The last one is a `train_on_batch` loop in which the discriminator is not frozen at all while the combined model
# trains. In the generator's turn *all* weights of the combined model then go downhill on $L_G$: the generator's,
# which make the fakes better, and the discriminator's, which make the judge kinder. We let both take one step and then
# put the old $D$, or the old $G$, back. **Predict first.** Who brings $L_G$ down?

# %% role="spoiler"
generator, discriminator = fresh_pair()
step = make_step(generator, discriminator, adam(), adam())
for real, noise in longer[:100]:
    step(real, noise)
old_g, old_d = generator.get_weights(), discriminator.get_weights()
combined = keras.Sequential([generator, discriminator])
combined.compile(optimizer=keras.optimizers.SGD(0.05), loss=binary)
latents = longer[100][1]


def combined_loss(g_weights, d_weights):
    generator.set_weights(g_weights)
    discriminator.set_weights(d_weights)
    return float(loss_of_generator(discriminator(generator(latents))))


combined.train_on_batch(latents, np.ones((BATCH, 1)))
new_g, new_d = generator.get_weights(), discriminator.get_weights()
at_first = combined_loss(old_g, old_d)
drops = {
    "G alone": at_first - combined_loss(new_g, old_d),
    "D alone": at_first - combined_loss(old_g, new_d),
    "both": at_first - combined_loss(new_g, new_d),
}
print(f"L_G before the generator's turn: {at_first:.3f}; it falls")
for who, drop in drops.items():
    print(f"    by {drop:.3f} if {who} moved")

# %% [markdown]
# The judge's bribe does more than the artist's work. In its own turn $D$ has to unlearn it, in the next it is bribed
# again; and most of what $L_G$ shows as progress is none.
#
# ## Exercise 7: repair
# `generator_turn(generator, discriminator, noise, learning_rate)` is to make one step of plain gradient descent of
# the **generator** on $L_G$ with a combined model. Afterwards $D$ has the weights it had, and is as trainable as it
# was: not frozen for good, which is the other classic.


# %% role="exercise" grade_id="repair_freeze"
# Exercise 7
def generator_turn(generator, discriminator, noise, learning_rate):
    """One step of G on L_G by train_on_batch; D stays as it is, and as trainable as it is."""
    combined = keras.Sequential([generator, discriminator])
    combined.compile(optimizer=keras.optimizers.SGD(learning_rate), loss=binary)
    ### BEGIN BROKEN
    # combined.train_on_batch(noise, np.ones((len(noise), 1)))
    ### END BROKEN
    ### BEGIN SOLUTION
    was_trainable = discriminator.trainable
    discriminator.trainable = False  # read while the first call traces its graph
    combined.train_on_batch(noise, np.ones((len(noise), 1)))
    discriminator.trainable = was_trainable
    ### END SOLUTION


# %% role="check" grade_id="repair_freeze"
def freezes_and_thaws(generator_turn):
    draw = np.random.default_rng(8)
    A, c, w = draw.normal(size=(4, 2)), draw.normal(size=4), draw.normal(size=4)
    noise = draw.normal(size=(6, 2)).astype("float32")
    logits = (noise @ A.T + c) @ w + 0.1
    push = (sigmoid(logits) - 1)[:, np.newaxis] / len(noise) * w  # on the pixels, by hand
    for rate, arrives_trainable in ((0.1, True), (0.3, False)):
        generator, discriminator = linear_pair(A, c, w, 0.1)
        discriminator.trainable = arrives_trainable
        before = generator.get_weights(), discriminator.get_weights()
        generator_turn(generator, discriminator, noise, rate)
        after = generator.get_weights(), discriminator.get_weights()
        if not all(np.array_equal(*pair) for pair in zip(before[1], after[1], strict=True)):
            return "The discriminator's weights have moved in the generator's turn. Freeze it before the call."
        if all(np.array_equal(*pair) for pair in zip(before[0], after[0], strict=True)):
            return "The generator has kept its weights: freeze the discriminator only."
        trainable = len(discriminator.trainable_variables) == 2, discriminator.trainable
        if arrives_trainable and not all(trainable):
            return "D and G are right, but the discriminator is frozen for good: thaw it after the call."
        if not arrives_trainable and any(trainable):
            return (
                "A discriminator that was frozen when it arrived is thawed now. Afterwards it should be as trainable "
                "as it was: note that before you freeze it."
            )
        now = (noise @ after[0][0] + after[0][1]) @ w + 0.1
        if np.logaddexp(0, -now).mean() >= np.logaddexp(0, -logits).mean():
            return "The generator's loss has grown: its target is 1."
        by_hand = before[0][0] - rate * noise.T @ push, before[0][1] - rate * push.sum(axis=0)
        if not all(
            np.allclose(*pair, rtol=0, atol=1e-4)
            for pair in zip(after[0], by_hand, strict=True)
        ):
            return (
                "D is right and G's loss falls, but G is elsewhere than by hand: one step, of plain gradient descent, "
                "SGD(learning_rate), on the mean of softplus(-l)."
            )
    return None


checked_generator_turn = check_that(
    7, "generator_turn", freezes_and_thaws, otherwise=OUR_ANSWER
)

# %% role="graded" grade_id="repair_freeze" points=1 tolerance=1e-3
A, c, w = random.normal(size=(4, 3)), random.normal(size=4), random.normal(size=4)
tf.config.run_functions_eagerly(
    True
)  # the same numbers, and no graph is put together for a single step
for arrives in ("trainable", "frozen"):
    generator, discriminator = linear_pair(A, c, w, random.normal())
    discriminator.trainable = arrives == "trainable"
    before = generator.get_weights()[0]
    noise = random.normal(size=(8, 3)).astype("float32")
    generator_turn(generator, discriminator, noise, float(random.uniform(0.2, 0.6)))
    seen = {
        "generator": generator.get_weights()[0] - before,
        "discriminator": discriminator.get_weights()[0],
        "trainable": len(discriminator.trainable_variables),
    }
    publish(**{f"{name}_{arrives}": value for name, value in seen.items()})
tf.config.run_functions_eagerly(False)

# %% [markdown]
# The same judge once more, with your `generator_turn` in place of the bribe:

# %%
combined_loss(old_g, old_d)  # puts the old weights back
checked_generator_turn(generator, discriminator, latents, 0.05)
drop = at_first - combined_loss(generator.get_weights(), discriminator.get_weights())
bribed = movement(discriminator, old_d)
print(f"L_G falls by {drop:.3f}; the weights of D move by {bribed:.4f} at most;", end=" ")
print("D may learn in its own turn:", discriminator.trainable)

# %% [markdown]
# ## Second reading: the pushes, in one picture
# Healthy or not, all that a loss does is to push logits. Here is each loss's derivative with respect to a single
# logit, found by the tape. Below zero means: *this logit should grow*. The healthy pushes are verdict minus target,
# so they are strong where $D$ is wrong and weak where it is right. Compare each patient with that.

# %% fold="Let the tape find each loss's derivative, and draw them"
grid = np.linspace(-6, 6, 241).astype("float32")


def push(loss):
    """The derivative of loss(logit) at each logit of the grid."""
    logit = tf.constant(grid)
    with tf.GradientTape() as tape:
        tape.watch(logit)
        total = ops.sum(loss(logit))
    return tape.gradient(total, logit).numpy()


def exchanged(target):
    def loss(logit):
        targets = target * ops.ones_like(logit)
        return ops.binary_crossentropy(logit, targets, from_logits=True)

    return loss


softplus, squash = ops.softplus, ops.sigmoid
losses_on = {
    "D, on a real picture": {
        "healthy": lambda logit: softplus(-logit),
        "patient 2": exchanged(1.0),
        "patient 4": lambda logit: softplus(-squash(logit)),
    },
    "D, on a fake": {
        "healthy": softplus,
        "patient 2": exchanged(0.0),
        "patient 4": lambda logit: softplus(squash(logit)),
    },
    "G, on its fake": {
        "healthy": lambda logit: softplus(-logit),
        "patient 3": softplus,
        "patient 4": lambda logit: softplus(-squash(logit)),
    },
}
looks = {
    "healthy": ("neutral", "-"),
    "patient 2": ("fake", "--"),
    "patient 3": ("generator", "-."),
    "patient 4": ("discriminator", ":"),
}
figure, panels = plt.subplots(1, 3, figsize=(10.4, 3.2), sharey=True)
for axes, (title, rows) in zip(panels, losses_on.items(), strict=True):
    for name, loss in rows.items():
        role, style = looks[name]
        axes.plot(grid, push(loss), color=plots.COLOURS[role], linestyle=style, label=name)
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set(title=title, xlabel="logit $l$")
    axes.legend(loc="upper left", fontsize=8)
panels[0].set_ylabel("derivative of the loss")
plots.show(
    figure,
    alt="Three panels over the logit. On a real picture the healthy derivative rises from minus one to zero, patient "
    "2's is minus one everywhere, patient 4's is a small dip. On a fake the healthy one rises from zero to one, "
    "patient 2's is zero everywhere, patient 4's a small hump. For G the healthy one rises from minus one to zero, "
    "patient 3's is positive, patient 4's a small dip.",
)

# %%
D = sigmoid(grid)
formulas = {
    ("D, on a real picture", "healthy"): D - 1,
    ("D, on a fake", "healthy"): D,
    ("D, on a real picture", "patient 2"): -1 + 0 * D,
    ("D, on a fake", "patient 2"): 0 * D,
    ("G, on its fake", "patient 4"): D * (1 - D) * (sigmoid(D) - 1),
}
for (title, name), formula in formulas.items():
    assert np.abs(push(losses_on[title][name]) - formula).max() < 1e-6  # float32

# %% [markdown]
# Patient 4 is the sly one: its pushes have the right sign everywhere, so it does learn something. But they are weak,
# and weakest where they are needed most, on fakes that $D$ is sure about (on the left of the right panel): as weak as
# those of the minimax loss (lesson 3).
#
# ## Exercise 8: design
# No points here, and many right answers. Our two networks have 103,377 parameters together. Design a pair with **at
# most 40,000**, at our `LATENT_SIZE` of 32, that draws as well as you can. Write `make_networks(latent_size)`, which
# returns `(generator, discriminator)`, two Keras models: latents (batch, `latent_size`) to images (batch, 28, 28, 1)
# in [-1, 1], and such images to logits (batch, 1).
#
# A thinner hidden layer is one way. Two thin ones are another. Or let $G$ draw 14 x 14 pixels and double them, with
# `layers.UpSampling2D()`; or let $D$ see a shrunken picture (`layers.AveragePooling2D(2)`). The check looks at shapes,
# ranges, the number of parameters, and whether every weight gets a gradient. The cell after it trains your pair for
# 2,000 steps and measures its distance. Can you beat that of 64 hidden units, with less than half of the parameters?
# It can be done.


# %% role="exercise" grade_id="small_pair"
# Exercise 8
def make_networks(latent_size):
    """(generator, discriminator) for 28 x 28 x 1 images, at most 40,000 parameters together."""
    ### BEGIN SOLUTION
    generator = keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense(96),
            layers.LeakyReLU(0.2),
            layers.Dense(14 * 14),
            layers.LeakyReLU(0.2),
            layers.Reshape((14, 14, 1)),
            layers.UpSampling2D(interpolation="bilinear"),
            layers.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(64),
            layers.LeakyReLU(0.2),
            layers.Dense(1),
        ]
    )
    return generator, discriminator
    ### END SOLUTION


# %% role="check" grade_id="small_pair"
def is_a_small_pair(make_networks):
    latent = 20
    pair = make_networks(latent)
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return "Return the pair (generator, discriminator)."
    generator, discriminator = pair
    takes = [getattr(network, "input_shape", None) for network in pair]
    if takes == [(None, 28, 28, 1), (None, latent)]:
        return "They are returned the wrong way round: first the generator, then the discriminator."
    if takes[0] not in (None, (None, latent)):
        return f"The generator takes {takes[0]}; for `latent_size` = {latent} it should take (None, {latent})."
    if takes[1] not in (None, (None, 28, 28, 1)):
        return f"The discriminator takes {takes[1]}; it should take (None, 28, 28, 1)."
    draw = np.random.default_rng(0)
    z = draw.normal(size=(16, latent)).astype("float32")
    images = np.asarray(generator(z))
    if images.shape != (16, 28, 28, 1):
        return f"From 16 latents the generator makes {images.shape}, expected (16, 28, 28, 1)."
    far = np.asarray(generator(100 * z))
    if np.abs(far).max() > 1:
        return f"The generator's pixels reach {np.abs(far).max():.1f}; they should stay within [-1, 1]."
    if far.min() >= 0:
        return (
            "The generator never draws below 0, but the data go from -1 to 1: end it in tanh."
        )
    if np.abs(images - images[:1]).max() < 1e-6:
        return "Sixteen latents give one and the same picture."
    logits = np.asarray(discriminator(1000 * draw.normal(size=(64, 28, 28, 1))))
    if logits.shape != (64, 1):
        return f"For 64 images the discriminator gives {logits.shape}, expected (64, 1)."
    if logits.min() >= 0 or logits.max() <= 1:
        return "The discriminator's output seems squashed; a logit may be any number: end it without activation."
    with tf.GradientTape() as tape:
        loss = loss_of_one_step(discriminator, generator(z))
    weights = [*generator.trainable_variables, *discriminator.trainable_variables]
    for weight, slope in zip(weights, tape.gradient(loss, weights), strict=True):
        if slope is None:
            return f"No gradient reaches {weight.path}: is it used at all?"
    total = parameters_at_work(make_networks(LATENT_SIZE))
    if total > 40_000:
        return f"At {LATENT_SIZE} latents they have {total:,} parameters together; at most 40,000 are allowed."
    print(f"{total:,} parameters together.")
    return None


def parameters_at_work(pair):
    """The number of both, counted after a call: a network without keras.Input has none before."""
    generator, discriminator = pair
    discriminator(generator(np.zeros((1, LATENT_SIZE), "float32")))
    return sum(network.count_params() for network in pair)


def loss_of_one_step(discriminator, fake):
    return ops.mean(ops.softplus(-discriminator(fake)))


checked_make_networks = check_that(8, "make_networks", is_a_small_pair, otherwise=OUR_ANSWER)

# %% [markdown]
# ### All of it yours
# Pictures from your `prepare`, networks from your `make_networks`, and your algorithm 1 between them. (A pair with
# many convolutions may take a minute.)

# %% role="spoiler"
model, frames, _ = train_your_gan(lambda: checked_make_networks(LATENT_SIZE))
score = metrics.frechet_score(model.generator(thousand, training=False).numpy())
total = model.generator.count_params() + model.discriminator.count_params()
print(f"your pair, {total:,} parameters: distance {score:.1f}")
plots.show(
    picture_rows(
        {f"step {200 * (at + 1):,}": frames[at] for at in (0, 1, 3, 9)},
        "Drawn by your pair, trained by your step",
    ),
    alt="Four rows of twelve pictures, after 200, 400, 800 and 2,000 steps, by the pair of exercise 8.",
)

# %% [markdown]
# ## What we saw
# - Data come dirty: ask every picture for nan, emptiness, copies and a label that exists, and put faults in to test
#   the questions.
# - The data's range is that of the generator's last activation, or brightness alone gives the fakes away.
# - What you show is what you get: augmentation of real pictures leaks into the drawings.
# - One step pushes every logit by *verdict minus target*; the rest is the chain rule.
# - `train_on_batch`, `GradientTape` and `train_step` give the same weights up to rounding, if noise, scale of the
#   losses and order are the same.
# - In Keras 3 `trainable` is read when a graph is traced. Compile, freeze, compile never trains the discriminator.
#
# | symptom | bug | cure |
# |---|---|---|
# | pictures look washed out, black is grey | images in [0, 1], generator ends in tanh | `/ 127.5 - 1` |
# | a cross-entropy below 0 | arguments exchanged | targets first |
# | both losses go to 0, pictures are noise | generator trained towards fake | target 1 for $G$ |
# | $L_D$ never below 0.503, both lie flat | sigmoid and `from_logits=True` | end $D$ without a sigmoid |
# | AttributeError at the first step | a class that does not exist | `a + b` |
# | $D$ moves in $G$'s turn, $L_G$ flatters | freezing forgotten | a tape; each optimiser its own weights |
#
# ## Quiz
#
# <details><summary>1. Your loop adds the mean over the real and the mean over the fake pictures; a friend's takes the
# mean over all. Same plain gradient descent, same learning rate. What is different, and what with Adam?</summary>
# Your L_D is twice as large, and so is each of D's steps: it is as if your friend's learning rate for D were half of
# yours. Adam divides the gradient by its own size, so there the factor cancels.</details>
#
# <details><summary>2. A tutorial from 2019 compiles D, sets D.trainable = False and compiles the combined model. What
# happens in Keras 3, and how do you notice?</summary> The first train_on_batch of D traces its graph while D is
# frozen, so D never learns. Compare D's weights before and after some steps. L_G falls to 0 and the pictures are
# dots.</details>
#
# <details><summary>3. Inside your tf.function you draw noise with np.random.normal. What will the generator be able
# to draw?</summary> The noise is drawn once, while tracing, and is a constant of the graph from then on. The
# generator is trained on the same batch of latents only.</details>
#
# <details><summary>4. L_D (mean over all pictures) is 0.693 and stays there. Name two possible reasons.</summary>
# 0.693 is log 2: D says 1/2 everywhere. Either the fakes are perfect (look at them), or D cannot learn: frozen, its
# gradient None, or its learning rate far too small. (Two sigmoids would start a little higher, near 0.72.)</details>
#
# <details><summary>5. Why are the fakes made outside the tape in D's step and inside it in G's step?</summary> For D
# they are data like any other: no gradient with respect to the generator is wanted, and none is recorded. For G the
# whole way from its weights through the picture and D to the loss must be on the tape, or the gradient is
# None.</details>
#
# ## Where next
# Lesson 5 replaces the dense layers, which know nothing of neighbouring pixels, by convolutions that grow pictures;
# lesson 6 trains the result. Lesson 8 is a larger ward: faults that are not in one line of code but in the game
# itself.
#
# ## References
# - I. Goodfellow and others, *Generative adversarial nets*, NeurIPS 2014. Algorithm 1 in section 4 is exercise 4.
# - H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms*, arXiv:1708.07747, 2017. Section 2: how the photographs became 28 x 28 grey values.
# - A. Radford, L. Metz, S. Chintala, *Unsupervised representation learning with deep convolutional generative
#   adversarial networks*, ICLR 2016. Section 4: scaling to the range of tanh and nothing else, and the settings of
#   Adam.
# - C. Northcutt, A. Athalye, J. Mueller, *Pervasive label errors in test sets destabilize machine learning
#   benchmarks*, NeurIPS 2021, Datasets and Benchmarks. Look at the examples.
# - B. Barz, J. Denzler, *Do we train on test data? Purging CIFAR of near-duplicates*, Journal of Imaging 6(6), 2020.
# - S. Zhao, Z. Liu, J. Lin, J.-Y. Zhu, S. Han, *Differentiable augmentation for data-efficient GAN training*, NeurIPS
#   2020. Section 3: what happens if only the real pictures are augmented.
# - A. Agrawal and others, *TensorFlow Eager: a multi-stage, Python-embedded DSL for machine learning*, MLSys 2019.
#   What tracing is, by those who built it.
# - F. Chollet, *DCGAN to generate face images*, keras.io, 2019. The third way with convolutions.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings: the data with exercises 1 and 2, the step with exercise 3 and the three loops with exercise
# 4 take about as long each; the ward with exercises 5 to 7 a little more than one of these. What is marked as second
# reading can be left out. The design is homework (ours, with 34,863 parameters and pictures of 14 x 14 made smooth,
# reaches a distance of about 12; 64 hidden units reach about 17). With less time leave out augmentation and exercise 3,
# and share the patients among groups: each group presents symptom, cause and test of one.
#
# **Usual misconceptions.**
#
# - "The loss falls, so it learns." The frozen discriminator is the antidote: let them vote on the two panels before
#   the pictures are shown.
# - "`trainable = False` takes effect at once" (or "at compile"). In Keras 3 neither: when a graph is traced.
# - "from_logits=True with a sigmoid is harmless, Keras warns." It warns and rescues only while it can see the sigmoid.
# - "More augmentation is always better." For classifiers perhaps.
# - In exercise 3 many forget the tanh; in exercise 4 many make the fakes of G's step outside the tape (gradients
#   None).
#
# **Ask.**
#
# - "Why does the comparison of the loops need plain descent?" (Adam turns rounding into full steps where the gradient
#   is nothing but rounding.)
# - "Patient 3: whose loss is wrong, and whose looks wrong?" (Only G's is; both go to 0.)
# - "What would freezing D for good look like after 1,000 steps of an otherwise right tape loop?"
#   (`trainable_variables` is empty, so nothing is updated: the same dots.)
# - "Which of the six could a unit test have found before training?" (All. Let them write one.)
