# %% [markdown]
# # 19. The studio
# A generator in a notebook is yours alone. In this lesson you put one into other people's hands and watch over it: as a
# studio in which a visitor chooses between two pictures, and as a web page that draws without any server. That takes
# little machine learning and a good deal of care. Which file is read after a crash? What does it cost to halve the
# weights, and who has them afterwards? How soon is it noticed that the model draws worse, and how often is there an
# alarm for nothing? What may be kept of a visitor who presses a thumb? You build the smallest of each yourself, then
# use the course's. And where a network watches a network, something simpler stands beside it, and you count which of
# them notices more.
#
# **You will be able to**
#
# - save a model so that a crash at any moment leaves one that can be read, and go back to it;
# - draw with a network without its library, say what half precision costs, and what a published page gives away;
# - derive the CUSUM, choose its threshold for a known rate of false alarms, and say how late it comes;
# - break a model, see which monitor notices and which is blind to it, and mend it;
# - say what to keep of a visitor's answers, what small counts tell about people, and what answers cannot say;
# - say who may run code on a server that you open, and how many visitors it carries.
#
# **Time:** {minutes} minutes, six exercises included. All cells together run in about a minute; nothing is trained.
# **Assumed:** NumPy, derivatives, means and standard deviations, linear systems; convolutions as in lesson 5, batch
# normalisation as in lesson 6. What is used of lesson 16's taste is said again.
#
# **Notation.** A generator $G$ draws $x = G(z)$ from a latent $z$. A layer's **kernel** is $K$, its bias $b$. Of a
# batch of pictures the **distance** $T$ from a reference is one number; standardised by what it is while all is well,
# mean 0 and deviation 1, the distances of batches one after the other are $x_1, x_2, \dots$ (no pictures there). $S_n$
# is the CUSUM's sum after $n$ of them, $k$ its **allowance**, $h$ the **threshold** at which it alarms, and $\delta$ a
# shift of the mean. A **level** is a step of the 255 that a screen's greys have. All other letters are explained where
# they stand, and hold only there.

# %% role="setup"
import math

import numpy as np

from course_lib.checks import check

# %% [markdown]
# ## Where we are going
# Forty batches of 32 garments each. Somebody changed the program that draws them, between batch 15 and 16; the eye
# hardly sees it. A monitor adds up how far each batch is from what is usual. Where its sum reaches the threshold it
# alarms, the old version is put back, and all is quiet.

# %% fold="Draw garments, change them, watch, and go back"
import matplotlib.pyplot as plt

from course_lib import CourseError, device, plots
from course_lib.models import pretrained
from course_lib.models.sampling import generate
from course_lib.scores import drift, features
from course_lib.studio import monitoring
from course_lib.theory import cusum

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
plots.use_course_style()
garments = pretrained.generator()
described = features.load("fashion_mnist").features  # 64 numbers a picture, as in lesson 7
BATCH = 32


def draw(network, count, seed):
    """So many pictures from independent latents."""
    latents = np.random.default_rng(seed).standard_normal((count, 64)).astype("float32")
    return generate(network, latents, batch_size=512)


healthy = draw(garments, 7400, seed=0)
monitor = monitoring.calibrate(healthy, described)


def watched(monitor, images):
    """The sum after each batch, before it begins again, and the alarms."""
    sums, alarms, usual = [], [], monitor.healthy
    for batch in np.split(images, len(images) // BATCH):
        before = monitor.sum
        alarms += monitor.see(batch)
        x = (monitor.last_distance - usual.mean) / usual.deviation
        sums.append(cusum.step(before, x, usual.allowance))
    return np.array(sums), alarms


day = draw(garments, 40 * BATCH, seed=14)
wrong = slice(15 * BATCH, 17 * BATCH)
day[wrong] *= 0.9
first_sums, first_alarms = watched(monitor, day)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 2.9), width_ratios=(1, 1.7))
strip = np.concatenate([day[wrong][:10] / 0.9, day[wrong][:10]])
left.imshow(plots.tile(strip, 5), cmap="gray", vmin=0, vmax=255)
left.set(title="Ten garments, before (above) and after", xticks=[], yticks=[])
left.grid(False)
right.plot(
    np.arange(1, 41), first_sums, plots.MARKERS["real"] + "-", color=plots.COLOURS["real"]
)
right.axhline(
    monitor.healthy.threshold, color=plots.COLOURS["fake"], linestyle=plots.STYLES[1]
)
right.axvspan(15.5, 17.5, color=plots.COLOURS["neutral"], alpha=0.12)
right.annotate(
    "alarm: version back",
    (17.2, first_sums[16]),
    (20, first_sums[16] - 0.2),
    arrowprops={"arrowstyle": "->"},
)
right.set(
    title="A monitor's sum; grey: changed; dashed: its threshold",
    xlabel="batch of 32 pictures",
    ylabel="sum",
)
plots.show(
    figure,
    alt="Left, four rows of five garments; the lower two rows are the upper two again, a little paler. Right, a curve "
    "that stays low for fifteen batches, climbs above a dashed line within two, and stays well below it afterwards.",
)

# %% [markdown]
# The change: every value times 0.9. And here is what a visitor sees, the studio itself. Choose with the mouse or with
# the arrow keys, keep what you like, take back what you did not mean. (Without a running kernel you see the first two
# only.)

# %%
from course_lib.studio.studio import Studio

studio = Studio("prints", seed=2)
studio.show()

# %% [markdown]
# Behind it stands lesson 16. Each choice of yours is one comparison; the taste that fits them best is a direction among
# eight axes of the theme's pictures, and of 32 candidates the next two are picked by *Thompson sampling*: drawn, as
# likely as they are to be best. It knows nothing of you but these choices, and forgets them with the kernel.
#
# **Predict first.** The page that draws garments in a visitor's browser holds the whole network, 118,337 weights, and
# the program that draws with it. How large is it: 35 kB, 350 kB or 35 MB? And the paler pictures above were noticed
# after two batches of 32. If instead the weights of one layer are shuffled, how many pictures does it take then?

# %% role="spoiler"
import tempfile
from pathlib import Path

from course_lib.studio.publishing import publish
from course_lib.studio.sources import find

with tempfile.TemporaryDirectory() as passing:
    publish(find("garments"), Path(passing) / "site")
    size = (Path(passing) / "site" / "index.html").stat().st_size
print(f"the page: {size:,} bytes")


def shuffled_layer(seed):
    """The garments' network, the weights of its first convolution shuffled."""
    network = pretrained.generator()
    weights = network.get_weights()
    place = next(place for place, array in enumerate(weights) if array.ndim == 4)
    mixed = np.random.default_rng(seed).permutation(weights[place].ravel())
    weights[place] = mixed.reshape(weights[place].shape)
    network.set_weights(weights)
    return network


for name, images in {
    "shuffled": draw(shuffled_layer(0), 320, 2),
    "paler": 0.9 * draw(garments, 320, 2),
}.items():
    monitor.begin_again()
    begun = monitor.pictures
    print(f"{name:9} alarm after {watched(monitor, images)[1][0].pictures - begun} pictures")

# %% [markdown]
# A third of a megabyte, less than many photographs. And one batch, the least there is: what shuffled weights draw
# nobody would take for a garment. Now from the ground up.
#
# ## Keeping a model
# Your model is a file, and a running studio reads it. Tomorrow there is a better one. The plain thing is to write it
# over the old one.
#
# **Predict first.** The power fails when half of the new file is written over the old one. What does the studio read
# after the restart: the old model, the new one, an error, or something else?

# %% role="spoiler"
from course_lib.scores.metrics import frechet_distance

weights = np.concatenate([each.ravel() for each in garments.get_weights()])
older = pretrained.generator(3200)
old_bytes = np.concatenate([each.ravel() for each in older.get_weights()]).tobytes()
new_bytes = weights.tobytes()
cut = len(new_bytes) // 2
left_on_disk = new_bytes[:cut] + old_bytes[cut:]  # written over in place
read = np.frombuffer(left_on_disk, "float32")
chimera, at = pretrained.generator(), 0
for variable in chimera.weights:
    count = math.prod(variable.shape)
    variable.assign(read[at : at + count].reshape(variable.shape))
    at += count
three = {"old": older, "half written": chimera, "new": garments}
test_features = features.load("fashion_mnist").test_features[:5000]
scores_of_three = {}
for name, network in three.items():
    score = frechet_distance(test_features, described(draw(network, 5000, seed=6)))
    scores_of_three[name] = score
    print(f"{name:13} Fréchet distance {score:.2f}")
figure = plots.image_grid(
    np.concatenate([draw(network, 8, seed=5) for network in three.values()]),
    columns=8,
    captions=[name for name in three for _ in range(8)],
    image_size=0.8,
    title="The same eight latents, drawn by three files",
)
plots.show(
    figure,
    alt="Three rows of eight garments from the same latents: the old version's, those of the half-written "
    "file, and the new version's. All look like garments; the middle row is much like the first, a little fuller.",
)

# %% [markdown]
# Something else: no error, and garments. The half-written file has the right length and finite numbers, and a model
# that nobody ever trained. By chance it is even better than the old one (the two are moments of one training, and near
# each other); nothing says that anything went wrong. Three plain means help, and they help together:
#
# - write the new version **beside** the old one, never over it;
# - a **checksum** of what was meant to be there says whether it is;
# - a small file, `current`, says which version is in use, and it is changed **last**, by *renaming*: on one disk a
#   rename happens whole or not at all.
#
# Here is the smallest such store. It is written with `yield` after each step, so that we can let the power fail there.


# %%
import hashlib
import shutil


def save(folder, content):
    """One more version; stopping at a `yield` is a crash just there."""
    number = 1 + len(list(folder.glob("v*")))
    aside = folder / "aside"
    shutil.rmtree(aside, ignore_errors=True)  # what an earlier crash left
    aside.mkdir()
    with (aside / "weights").open("wb") as file:
        file.write(content[: len(content) // 2])
        file.flush()
        yield "half of the weights"
        file.write(content[len(content) // 2 :])
    yield "all weights"
    (aside / "sum").write_text(hashlib.sha256(content).hexdigest())
    yield "checksum"
    aside.rename(folder / f"v{number}")
    yield "folder renamed"
    (folder / "current.new").write_text(f"v{number}")
    yield "pointer written"
    (folder / "current.new").replace(folder / "current")
    yield "pointer renamed"


def load(folder):
    """The current version, or an error."""
    version = folder / (folder / "current").read_text()
    content = (version / "weights").read_bytes()
    if hashlib.sha256(content).hexdigest() != (version / "sum").read_text():
        raise CourseError(f"{version.name} is damaged")
    return content


STEPS = 6
with tempfile.TemporaryDirectory() as passing:
    for crash in range(1, STEPS + 1):
        place = Path(passing) / str(crash)
        place.mkdir()
        list(save(place, old_bytes))  # the first version, whole
        saving = save(place, new_bytes)
        for _ in range(crash):
            step = next(saving)
        saving.close()
        found = "new" if load(place) == new_bytes else "old"
        list(save(place, new_bytes))  # and afterwards it can be saved
        print(f"crash after: {step:20} reads the {found} version")
        assert load(place) == new_bytes

# %% [markdown]
# At every moment a reader gets a whole model, the old one or the new one. And a bit that turns over on the disk, years
# later? A checksum of $b$ bits of a good hash overlooks a damage that was not made to deceive it with the chance
#
# $$ P(\text{overlooked}) = 2^{-b} . $$
#
# With SHA-256 that is $2^{-256}$, never. It can be seen with fewer bits: damage a file in 20,000 ways and compare the
# first $b$ bits only.

# %%
some, pattern = bytearray(old_bytes[:2000]), np.random.default_rng(0)
meant = hashlib.sha256(some).digest()
alike = np.zeros(20_000, int)  # how many of the first bits agree
for trial in range(len(alike)):
    place, bit = int(pattern.integers(len(some))), 1 << int(pattern.integers(8))
    other = bytes([int(pattern.integers(256))])
    some[place] ^= bit
    digest = hashlib.sha256(some + other).digest()
    some[place] ^= bit
    differs = int.from_bytes(meant) ^ int.from_bytes(digest)
    alike[trial] = 256 - differs.bit_length()
for bits in (2, 4, 8):
    share, expected = np.mean(alike >= bits), 2.0**-bits
    error = math.sqrt(expected * (1 - expected) / len(alike))
    print(f"{bits} bits: overlooked {share:.4f}, expected {expected:.4f} ± {error:.4f}")
    assert abs(share - expected) < 4 * error

# %% [markdown]
# Two things it does not do. Who can change the weights can change the checksum beside them: against *intent* it needs a
# signature, or a sum that is kept elsewhere. And a bad model that was written whole has a perfect checksum. What a
# model is *worth* belongs in its report, before it becomes current.
#
# We let the program crash between two steps. A power failure is worse, because the disk may lag behind the program.

# %% [markdown]
# ## Exercise 1: what a crash leaves
# A save writes the files of a version and the file `current`, which names the version that visitors get. Each file
# appears whole or not at all. But a system first keeps in memory what is written, and carries it to the disk when, and
# in what order, it likes. Only a `"sync"` waits until all that was written before it is there. If the power fails, each
# file written *since the last sync* has reached the disk with chance 1/2, independently of the others. (Real chances
# are smaller; what can go wrong is the same.)
#
# `steps` is what a save does, in order, for instance `["weights", "sums", "sync", "current"]`: names of files, each
# once, with `"current"` among them, and any number of syncs. The power fails just after one of the steps, each of them
# equally likely. What does the next visitor find?
#
# - The new `current` has not reached the disk: the **old** version.
# - It has, and so have *all* other files: the **new** version.
# - It has, and some other file has not, or was not even written: the version is **broken**, as its checksums tell.
#
# `after_a_crash(steps)` returns these three chances, (old, new, broken). When it is right, decide: which order cannot
# break anything, and how many syncs does it take?


# %% role="exercise" grade_id="after_a_crash"
# Exercise 1
def after_a_crash(steps):
    """The chances (old, new, broken) of what a reader finds after a crash within these steps of a save."""
    ### BEGIN SOLUTION
    there = {step: 0.0 for step in steps if step != "sync"}  # the chance to be on the disk
    found = np.zeros(3)
    for step in steps:
        if step == "sync":
            there = {name: float(chance > 0) for name, chance in there.items()}
        else:
            there[step] = 0.5
        whole = math.prod(chance for name, chance in there.items() if name != "current")
        named = there["current"]
        found += [1 - named, named * whole, named * (1 - whole)]
    return tuple(found / len(steps))
    ### END SOLUTION


# %% role="check" grade_id="after_a_crash"
def crash_with(
    lately=0.5,
    waits=True,
    whole=math.prod,
    named=lambda chance: chance,
    moments=lambda steps: range(1, len(steps) + 1),
    sort=lambda named, whole: (1 - named, named * whole, named * (1 - whole)),
    per=len,
):
    """The three chances from how many steps are done, with faults."""

    def after(steps):
        found, done = np.zeros(3), moments(steps)
        for number in done:
            before, chances = steps[:number], {}
            synced = max(
                (at for at, step in enumerate(before) if step == "sync" and waits), default=-1
            )
            for name in set(steps) - {"sync"}:
                at = before.index(name) if name in before else None
                chances[name] = 0.0 if at is None else 1.0 if at < synced else lately
            pointer = named(chances.pop("current"))
            found += sort(pointer, whole(list(chances.values())))
        return tuple(found / per(done))

    return after


crash_cases = [
    (["weights", "current"],),
    (["weights", "sums", "sync", "current"],),
    (["current", "weights", "sync"],),
    (["weights", "sync", "card", "current", "sums", "sync"],),
    (["sums", "card", "current", "weights", "names"],),
    (["sync", "sums", "sync", "sync", "current", "weights"],),
]


def with_no_other_file(answer):
    from course_lib.checks.comparing import difference as unlike

    if unlike(answer(["current", "sync"]), (0.25, 0.75, 0.0), 1e-6):
        return "Where `current` is the only file, all others are there whenever it is: (0.25, 0.75, 0) for two steps."
    return None


checked_after_a_crash = check(
    1,
    "after_a_crash",
    cases=[(case, crash_with()(*case)) for case in crash_cases],
    mistakes={
        "What is written is taken to be on the disk at once. It may still be in memory, until a sync.": crash_with(
            lately=1.0
        ),
        "Nothing reaches the disk before a sync here. Each file may have: with chance 1/2.": crash_with(
            lately=0.0
        ),
        "A sync does nothing here. After it, all that was written before it is there for certain.": crash_with(
            waits=False
        ),
        "All files since the last sync share one coin here: they arrive together or not at all. Each has its own, and "
        "that is what breaks versions.": crash_with(whole=lambda chances: min(chances)),
        "Files that are not written yet are left out. If `current` names a version of which they are a part, it is "
        "broken.": crash_with(
            whole=lambda chances: math.prod(each for each in chances if each)
        ),
        "The version is taken to be whole as soon as one of its files is there. It takes all of them.": crash_with(
            whole=lambda chances: 1 - math.prod(1 - each for each in chances)
        ),
        "Only files count here. `current` is a file too, and waits in memory like the others.": crash_with(
            named=lambda chance: float(chance > 0)
        ),
        "A version that is not whole counts as broken even where no `current` names it: nobody reads that "
        "one.": crash_with(
            sort=lambda named, whole: (whole * (1 - named), named * whole, 1 - whole)
        ),
        "A reader who finds a broken version gets the old one here. Checksums tell that it is broken; `current` still "
        "names it, and somebody has to go back.": crash_with(
            sort=lambda named, whole: (1 - named * whole, named * whole, 0.0)
        ),
        "A visitor gets the new version only if `current` AND all files are there. Here they are enough without "
        "`current`.": crash_with(
            sort=lambda named, whole: ((1 - named) * (1 - whole), whole, named * (1 - whole))
        ),
        "The power fails after one of the steps. A moment before the first is counted, too.": crash_with(
            moments=lambda steps: range(len(steps) + 1)
        ),
        "The power fails just AFTER a step, the last one included. Here it fails just before.": crash_with(
            moments=lambda steps: range(len(steps))
        ),
        "The power fails after the last step only here. After any of them, each equally likely.": crash_with(
            moments=lambda steps: [len(steps)]
        ),
        "The moment after the last step is missing: all is written then, and not all on the disk.": crash_with(
            moments=lambda steps: range(1, len(steps))
        ),
        "A sync is a step as well: the power may fail just after it.": crash_with(
            moments=lambda steps: [at for at, step in enumerate(steps, 1) if step != "sync"]
        ),
        "These are sums over all moments. Each moment is equally likely: divide by their number.": crash_with(
            per=lambda done: 1
        ),
        "The order is old, new, broken.": crash_with(
            sort=lambda named, whole: (named * whole, 1 - named, named * (1 - whole))
        ),
    },
    hint="After each step, note for every file the chance that it is on the disk: 0, 1/2 or 1. Then: `current` there "
    "or not, and all others there or not, independently.",
    also=with_no_other_file,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="after_a_crash" points=2
for case in range(6):
    files = [f"file {number}" for number in random.permutation(20)]
    before, between, after = (int(random.integers(1, 4)) for _ in range(3))
    one, two = files[:before], files[before : before + between]
    three = files[before + between :][:after]
    steps = [
        [*one, "current", *two],
        [*one, "sync", *two, "current", *three],
        [*one, "current", *two, "sync", *three, "sync"],
        [*one, *two, "sync", "current", "sync", *three],
        ["sync", *one, "sync", "sync", *two, "current", *three, "sync", "sync"],
        [*before * ["sync"], "current", *between * ["sync"]],
    ][case]
    publish(**{f"chances_{case}": after_a_crash(steps)})

# %% [markdown]
# Now with your function: five orders in which a store could write.
#
# **Predict first.** In which of them is the risk of something broken largest? Is there one in which it is 0?

# %% role="spoiler"
ORDERS = {
    "pointer first": ["current", "weights", "sums"],
    "pointer first, sync after each": ["current", "sync", "weights", "sums", "sync"],
    "pointer last": ["weights", "sums", "current"],
    "pointer last, sync at the end": ["weights", "sums", "current", "sync"],
    "sync before the pointer": ["weights", "sums", "sync", "current", "sync"],
}
risks = {name: checked_after_a_crash(steps) for name, steps in ORDERS.items()}
for name, (is_old, is_new, is_broken) in risks.items():
    print(f"{name:31} old {is_old:.3f}   new {is_new:.3f}   broken {is_broken:.3f}")

# %% [markdown]
# "Last" in the program is not last on the disk: without a `sync` in front of the pointer, the disk may write the
# pointer first. And care at the wrong place is worse than none: the pointer, first and made sure of, points to nothing
# for most of the time. One `sync` in front of the pointer is enough; a second one, behind it, only makes sure that the
# save lasts. The library's `Versions` waits for each file (`os.fsync`) before it moves the pointer. With it: two
# moments of one training, each with what it is worth. Then a bit of the newest turns over.

# %%
from course_lib.studio.versions import Versions

folder = Path("runs/19_studio")
shutil.rmtree(folder, ignore_errors=True)  # what an earlier run of this lesson left
versions = Versions(folder / "versions")
trained = pretrained.report()
for steps in (3200, 6400):
    score = trained["frechet_distance"][trained["steps"].index(steps)]
    versions.save(
        pretrained.generator(steps), {"frechet_distance": score}, note=f"{steps:,} steps"
    )
damaged = folder / "versions" / "v0002" / "generator.keras"
content = bytearray(damaged.read_bytes())
content[len(content) // 2] ^= 1
damaged.write_bytes(content)
for version in versions.all():
    print(version.number, version.problem or f"whole, {version.note}, {dict(version.report)}")
try:
    versions.load()
except CourseError as error:
    print("load:", error)
print("go back:", versions.go_back().number)
versions.save(garments, {"frechet_distance": score}, note="6,400 steps, again")
print("current:", versions.current().number)

# %% [markdown]
# It refuses, and says what can be gone back to; it does not load something else in its place on its own. Which version
# is in use is a decision, and somebody should know of it. The damaged one keeps its number for ever: numbers of
# versions are never given twice, or nobody knows later what "version 2" was.

# %% [markdown]
# ## A page without a server
# A server that draws for the whole world costs money, sees who comes, and falls over when a class of thirty opens it. A
# page can draw by itself. It holds the weights and a program that does in the browser what the network does. Our
# generator takes twelve steps: a dense layer, a convolution, two transposed ones, three batch norms, some ReLUs and a
# tanh. Here is the least obvious one by hand. A **transposed convolution** lays the kernel down once for each pixel
# $(r, c)$ of the small picture, weighted by what is there, at steps of the stride $s$; what overlaps adds up:
#
# $$ y[s r + a - p, \; s c + b - p, \; o] \mathrel{+}= \sum_i x[r, c, i] \, K[a, b, o, i] . $$
#
# $p$ rows and columns are cut off at each edge, so that 7 pixels become 14: with 4 taps and a stride of 2, $p = 1$.
# (Keras keeps this kernel with the channels that come **out** before those that come **in**.)


# %%
import keras


def spread(x, kernel, stride, cut):
    """A transposed convolution of x (height, width, in) with a kernel (taps, taps, out, in)."""
    height, width, _ = x.shape
    taps, _, out, _ = kernel.shape
    large = np.zeros((stride * (height - 1) + taps, stride * (width - 1) + taps, out))
    for a in range(taps):
        for b in range(taps):
            rows = slice(a, a + stride * height, stride)
            columns = slice(b, b + stride * width, stride)
            large[rows, columns] += x @ kernel[a, b].T
    return large[cut : cut + stride * height, cut : cut + stride * width]


layer = next(
    each for each in garments.layers if isinstance(each, keras.layers.Conv2DTranspose)
)
before_and_after = keras.Model(garments.inputs[0], [layer.input, layer.output])
z = np.random.default_rng(0).standard_normal((1, 64)).astype("float32")
x, by_keras = (np.asarray(each)[0] for each in before_and_after(z))
by_hand = spread(x.astype(float), np.asarray(layer.kernel, float), stride=2, cut=1)
print(f"{x.shape} becomes {by_hand.shape}")
print(f"largest difference {np.abs(by_hand - by_keras).max():.1e}, largest value", end=" ")
print(f"{np.abs(by_keras).max():.1f}")
assert np.allclose(by_hand, by_keras, atol=1e-4)

# %% [markdown]
# Equal within the rounding of single precision. The work is easily counted: each of $h w$ small pixels meets
# $t^2$ taps, $c_\text{in}$ channels and $c_\text{out}$ channels,
#
# $$ \text{products} = h \, w \, t^2 \, c_\text{in} \, c_\text{out} . $$
#
# **Predict first.** Of our four layers with weights, which takes most products: the dense one, which has 85 % of the
# weights, or one of the three convolutions?

# %% role="spoiler"
counted = 0


class Counting(np.ndarray):
    """An array that counts the products of its matrix products."""

    def __matmul__(self, other):
        global counted
        counted += self.size * other.shape[-1]
        return np.asarray(self) @ np.asarray(other)


spread(x.view(Counting), np.asarray(layer.kernel), 2, 1)
products = {}
for each in garments.layers:
    if hasattr(each, "kernel"):
        small = each.input if isinstance(each, keras.layers.Conv2DTranspose) else each.output
        products[each] = math.prod(small.shape[1:-1]) * math.prod(each.kernel.shape)
        weights_there, name = math.prod(each.kernel.shape), type(each).__name__
        print(f"{name:16} {weights_there:8,} weights {products[each]:10,} products")
together = sum(products.values())
print(f"{'together':33} {together:10,}; counted in the first transposed one {counted:,}")
assert counted == products[layer]

# %% [markdown]
# The dense layer, most of the file, takes a tenth of the products: each of its weights is used once, those of a
# convolution at every pixel. A million products a picture, and one browser on two busy cores drew 300 to 600 pictures a
# second with such a program. (The page measures its own speed when its model card is opened.)

# %% [markdown]
# ## Exercise 2: a layer less
# At inference a batch norm multiplies each channel by one number and adds another, and the transposed convolution
# before it is linear. So the page can do without the batch norm: with another kernel and another bias, the transposed
# convolution alone gives what both gave. For each channel,
#
# $$ y = (\text{kernel spread over } x) + b, \qquad
#    \gamma \, \frac{y - \mu}{\sqrt{v + \varepsilon}} + \beta $$
#
# with the mean $\mu$ and variance $v$ that the training left. Derive the kernel and the bias.
#
# `folded(kernel, bias, gamma, beta, mean, variance, epsilon)` returns both, (kernel, bias). Keras keeps the kernel of a
# transposed convolution as (height, width, channels **out**, channels **in**). All others have one number for each
# channel out, but $\varepsilon$, a single one.


# %% role="exercise" grade_id="folded"
# Exercise 2
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Kernel (h, w, out, in) and bias (out,) that give what a transposed convolution and its batch norm gave."""
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale[:, None], (bias - mean) * scale + beta
    ### END SOLUTION


# %% role="check" grade_id="folded"
def folded_with(
    scale=lambda gamma, variance, epsilon: gamma / (variance + epsilon) ** 0.5,
    weights="hwoi,o->hwoi",
    shift=lambda scale, bias, beta, mean: beta - scale * mean + scale * bias,
):
    """Kernel and bias with faults. weights: which channels are scaled."""

    def fold(kernel, bias, gamma, beta, mean, variance, epsilon):
        by = scale(gamma, variance, epsilon)
        return np.einsum(weights, kernel, by), shift(by, bias, beta, mean)

    return fold


def some_layer(seed, side, out, channels):
    random = np.random.default_rng(seed)
    kernel = random.integers(-8, 9, size=(side, side + 1, out, channels)) / 4
    rest = random.integers(1, 9, size=(5, out)) / 4
    rest[:, 0] *= [-1, -1, 1, -1, 1]
    rest[:, 1] *= [1, 1, -1, 1, 1]
    return kernel, *rest, side / 4


def with_more_channels_in(answer):
    from course_lib.checks.comparing import difference as unlike

    layer = some_layer(2, 2, 3, 4)
    if unlike(answer(*layer), folded_with()(*layer), 1e-6):
        return "Right where as many channels come in as go out. Here 4 come in and 3 go out."
    return None


fold_cases = [some_layer(0, 1, 2, 2), some_layer(1, 2, 3, 3)]
checked_folded = check(
    2,
    "folded",
    cases=[(case, folded_with()(*case)) for case in fold_cases],
    mistakes={
        "The kernel's channels in are scaled. Batch norm works on what comes OUT, and out is the last axis but one in "
        "a transposed convolution.": folded_with(weights="hwoi,i->hwoi"),
        "The kernel stays as it was; y is multiplied, and so is all that y is made of.": folded_with(
            weights="hwoi,o->hwoi", scale=lambda gamma, variance, epsilon: 0 * gamma + 1
        ),
        "The kernel is right. The old bias is a part of y: it is multiplied as well.": folded_with(
            shift=lambda scale, bias, beta, mean: bias - scale * mean + beta
        ),
        "The kernel is right. The old bias got lost.": folded_with(
            shift=lambda scale, bias, beta, mean: beta - scale * mean
        ),
        "The kernel is right. The mean is taken off y BEFORE it is multiplied.": folded_with(
            shift=lambda scale, bias, beta, mean: scale * bias - mean + beta
        ),
        "The kernel is right. The mean got lost.": folded_with(
            shift=lambda scale, bias, beta, mean: scale * bias + beta
        ),
        "The kernel is right. The mean is taken off, not added.": folded_with(
            shift=lambda scale, bias, beta, mean: scale * (bias + mean) + beta
        ),
        "The kernel is right. beta is added at the end, and not multiplied.": folded_with(
            shift=lambda scale, bias, beta, mean: scale * (bias - mean + beta)
        ),
        "The kernel is right. beta got lost.": folded_with(
            shift=lambda scale, bias, beta, mean: scale * (bias - mean)
        ),
        "The kernel is right. The bias stays as it was here; it has to take up mean and beta.": folded_with(
            shift=lambda scale, bias, beta, mean: bias
        ),
        "epsilon stands under the root, with the variance.": folded_with(
            scale=lambda gamma, variance, epsilon: gamma / (variance**0.5 + epsilon)
        ),
        "epsilon is left out. It is small as a rule, but a channel that hardly varies shows it.": folded_with(
            scale=lambda gamma, variance, epsilon: gamma / variance**0.5
        ),
        "This divides by the variance; by its ROOT.": folded_with(
            scale=lambda gamma, variance, epsilon: gamma / (variance + epsilon)
        ),
        "gamma got lost.": folded_with(
            scale=lambda gamma, variance, epsilon: (variance + epsilon) ** -0.5
        ),
        "This multiplies by the deviation; it divides.": folded_with(
            scale=lambda gamma, variance, epsilon: gamma * (variance + epsilon) ** 0.5
        ),
    },
    hint="Put y into the second formula and multiply out: one number stands before the kernel; the rest is the bias.",
    also=with_more_channels_in,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="folded" points=1
for case in range(3):
    out = int(random.integers(2, 5))
    channels = (out, out + 2, out)[case]
    kernel = random.normal(size=(3, 2, out, channels))
    bias, beta, mean = random.uniform(0.5, 1.5, size=(3, out))
    bias[0], beta[1], mean[0] = -bias[0], -beta[1], -mean[0]
    gamma, variance = random.uniform(1.3, 2.5, size=out), random.uniform(0.1, 0.6, size=out)
    gamma[0] = -gamma[0]
    epsilon = float(random.uniform(0.1, 0.2))
    new = folded(kernel, bias, gamma, beta, mean, variance, epsilon)
    publish(**{f"layer_{case}": new})

# %% [markdown]
# With your function, the course's generator sheds a step: a transposed convolution and the batch norm after it become
# one transposed convolution.

# %%
norms = [each for each in garments.layers if isinstance(each, keras.layers.BatchNormalization)]
norm = norms[2]
kernel, bias = checked_folded(
    np.asarray(layer.kernel, float),
    np.zeros(layer.kernel.shape[2]),  # this layer has none: the norm would take it out again
    np.asarray(norm.gamma, float),
    np.asarray(norm.beta, float),
    np.asarray(norm.moving_mean, float),
    np.asarray(norm.moving_variance, float),
    norm.epsilon,
)
after_norm = np.asarray(keras.Model(garments.inputs[0], norm.output)(z))[0]
once = spread(x.astype(float), np.asarray(kernel), 2, 1) + bias
print(f"one layer for two: largest difference {np.abs(once - after_norm).max():.1e}")
assert np.allclose(once, after_norm, atol=1e-4)

# %% [markdown]
# ### Half the bytes
# A weight in single precision has 24 significant bits in four bytes, a **half** eleven in two. Rounded to $m$
# significant bits, a number is off by at most
#
# $$ \frac{|\text{rounded} - w|}{|w|} \le 2^{-m} , $$
#
# half of the last bit's worth against a number of at least one; for halves $2^{-11}$, as long as they are not tiny.


# %% tags=["nbval-check-output"]
def to_bits(w, bits):
    """Rounded to so many significant bits."""
    fraction, exponent = np.frexp(w)  # 0.5 <= |fraction| < 1
    return np.ldexp(np.round(fraction * 2.0**bits) / 2.0**bits, exponent)


some = np.random.default_rng(0).standard_normal(100_000)
for bits in (11, 8, 4):
    off = np.abs(to_bits(some, bits) - some) / np.abs(some)
    print(f"{bits:2} bits: off by {off.max():.6f} at most, allowed {2.0**-bits:.6f}")
    assert off.max() <= 2.0**-bits
some = some[np.abs(some) >= 2.0**-14]  # below, halves have fewer bits
assert np.array_equal(to_bits(some, 11), some.astype("float16").astype(float))

# %% [markdown]
# What does it cost in the picture? Each weight is off by a part in thousands, but there are 118,337 of them.

# %% [markdown]
# ## Exercise 3: the price of half the bytes
# A page keeps each weight in two bytes, as a **half**: a number
#
# $$ \pm \left(1 + \tfrac{f}{1024}\right) 2^e \quad (e = -14, \dots, 15)
#    \qquad \text{or} \qquad \pm \tfrac{f}{1024} \, 2^{-14},
#    \qquad f = 0, 1, \dots, 1023. $$
#
# Each weight is rounded to the nearest of them. How far off may what comes out of a dense layer,
# $y_j = \sum_i x_i K_{ij} + b_j$, then be? Derive it from the *size* of the weights alone, before any is rounded:
#
# - How far are two neighbouring halves apart, where the weight lies? (The second form is for weights below $2^{-14}$.)
#   Then what is the most that a weight can be off?
# - **largest**: an error of $y_j$ that no rounding exceeds, and that some weights of these sizes reach. The inputs
#   $x_i$ are known and not rounded; they may be negative.
# - **typical**: the standard deviation of the error of $y_j$, if each weight's error is independent of the others and
#   uniform from minus to plus the most that it can be. ($\int_{-a}^{a} t^2 \, dt / 2a$ is its variance.)
#
# `rounding_errors(inputs, kernel, bias)` gets $(n,)$, $(n, m)$ and $(m,)$; no weight is 0 or a power of 2, and none is
# beyond 1,000. It returns (largest, typical), each $(m,)$, **in units of $2^{-24}$**, the smallest half above 0.


# %% role="exercise" grade_id="rounding_errors"
# Exercise 3
def rounding_errors(inputs, kernel, bias):
    """(largest, typical) error of each output (m,) when kernel and bias are rounded to halves, in units of 2^-24."""

    ### BEGIN SOLUTION
    def most(weights):
        exponent = np.floor(np.log2(np.abs(weights)))
        return 2.0 ** (np.maximum(exponent, -14) - 11 + 24)  # half of a step of 2^e / 1024

    largest = np.abs(inputs) @ most(kernel) + most(bias)
    typical = np.sqrt((inputs**2 @ most(kernel) ** 2 + most(bias) ** 2) / 3)
    return largest, typical
    ### END SOLUTION


# %% role="check" grade_id="rounding_errors"
def half_of_a_step(weight):
    """In units of 2^-24, by what NumPy says of halves."""
    return float(np.spacing(np.float16(abs(weight)))) * 2**23


def rounding_with(
    most=half_of_a_step,
    size=abs,
    of_bias=1.0,
    unit=1.0,
    typical=lambda parts: math.sqrt(sum(part**2 for part in parts) / 3),
    largest=sum,
):
    """Largest and typical error, weight by weight, with faults."""

    def errors(inputs, kernel, bias):
        found = []
        for column, b in zip(kernel.T, bias, strict=True):
            parts = [size(x) * most(w) for x, w in zip(inputs, column, strict=True)]
            parts.append(of_bias * most(b))
            found.append((unit * largest(parts), unit * typical(parts)))
        return tuple(np.transpose(found))

    return errors


def some_weights(seed, inputs, outputs, smallest, largest):
    """Of sizes between these powers of two, away from the powers themselves."""
    random = np.random.default_rng(seed)
    shape = inputs + 1, outputs
    sizes = random.uniform(1.1, 1.9, shape) * 2.0 ** random.integers(smallest, largest, shape)
    weights = (sizes * random.choice([-1, 1], shape)).round(10)
    x = random.choice([-1, 1], inputs) * random.integers(2, 9, inputs) / 4
    x[0] = -abs(x[0])
    return x, weights[:-1], weights[-1]


rounding_cases = [
    (np.array([2.0]), np.array([[0.75]]), np.array([-3.0])),
    some_weights(3, 3, 2, -6, 10),
    some_weights(4, 2, 3, -20, -14),
    some_weights(5, 8, 6, -17, -10),
]
LARGEST = "The largest error is right. "
MOST = "To the NEAREST half it is at most half a step."
checked_rounding_errors = check(
    3,
    "rounding_errors",
    cases=[(case, rounding_with()(*case)) for case in rounding_cases],
    mistakes={
        "These are whole steps. " + MOST: rounding_with(most=lambda w: 2 * half_of_a_step(w)),
        MOST
        + " (The typical error is right: a^2 / 12 belongs to whole steps.)": rounding_with(
            most=lambda w: 2 * half_of_a_step(w),
            typical=lambda parts: math.sqrt(sum(part**2 for part in parts) / 12),
        ),
        "The most that a weight can be off is twice as much: ten bits of f make 1024 steps from 2^e to "
        "2^(e + 1).": rounding_with(most=lambda w: half_of_a_step(w) / 2),
        "Each weight is off by its own size times 2^-11 here. From 2^e to 2^(e + 1) all halves are equally far apart, "
        "so the most is the same for all weights there.": rounding_with(
            most=lambda w: abs(w) * 2**13
        ),
        "Each weight is off by its own size times 2^-11 here, and below 2^-14 by half a unit. From 2^e to 2^(e + 1) "
        "all halves are equally far apart: the most is the same for all weights there.": rounding_with(
            most=lambda w: max(abs(w) * 2**13, 0.5)
        ),
        "Below 2^-14 the steps become no finer: the second form has the step 2^-24 everywhere.": rounding_with(
            most=lambda w: 2.0 ** (math.frexp(w)[1] - 1 + 13)
        ),
        "Weights below 2^-14 are taken to become 0. They have halves too, 2^-24 apart.": rounding_with(
            most=lambda w: abs(w) * 2**24 if abs(w) < 2**-14 else half_of_a_step(w)
        ),
        "This is by how much THESE weights are off. Others of the same size are off by more: asked is what their size "
        "allows.": rounding_with(most=lambda w: abs(float(np.float16(w)) - w) * 2**24),
        "The bias is rounded, too.": rounding_with(of_bias=0.0),
        "Negative inputs take something off here. An error has either sign, so the worst is a sum of "
        "sizes.": rounding_with(size=float),
        "Each weight's error is multiplied by its input.": rounding_with(size=lambda x: 1.0),
        "This is right, but not in units of 2^-24.": rounding_with(unit=2**-24),
        "This is the mean over the weights; errors of a sum add up.": rounding_with(
            largest=lambda parts: sum(parts) / len(parts)
        ),
        LARGEST + "Independent errors: variances add up, not deviations.": rounding_with(
            typical=lambda parts: sum(parts) / math.sqrt(3)
        ),
        LARGEST
        + "The bias is rounded, too, and belongs in the typical error as well.": rounding_with(
            typical=lambda parts: math.sqrt(sum(part**2 for part in parts[:-1]) / 3)
        ),
        LARGEST + "This is the typical error's variance; take the root.": rounding_with(
            typical=lambda parts: sum(part**2 for part in parts) / 3
        ),
        LARGEST
        + "The typical one is that of weights which are all off by the most. Uniform from -a to a has the variance "
        "a^2 / 3.": rounding_with(
            typical=lambda parts: math.sqrt(sum(part**2 for part in parts))
        ),
        LARGEST
        + "a^2 / 12 is the variance of a uniform number over a length of a; from -a to a the length is "
        "2 a.": rounding_with(
            typical=lambda parts: math.sqrt(sum(part**2 for part in parts) / 12)
        ),
        LARGEST
        + "This is the mean SIZE of an error, a / 2; a deviation is the root of the mean square.": rounding_with(
            typical=lambda parts: math.sqrt(sum(part**2 for part in parts)) / 2
        ),
    },
    hint="Begin with a single weight, 0.75: which e, and how far to the next half? Then 2^-20: the second form.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="rounding_errors" points=2
for case in range(4):
    n, m = int(random.integers(4, 7)), (3, 3, 3, 7)[case]
    smallest, largest = ((-6, 1), (-21, -14), (-19, -11), (1, 9))[case]
    exponents = random.integers(smallest, largest, size=(n + 1, m))
    exponents[0] = smallest
    weights = random.uniform(1.15, 1.85, size=(n + 1, m)) * 2.0**exponents
    weights *= random.choice([-1.0, 1.0], size=(n + 1, m))
    inputs = random.uniform(1.2, 2.5, size=n)
    inputs[::2] *= -1
    found = rounding_errors(inputs, weights[:-1], weights[-1])
    for name, errors in zip(("largest", "typical"), found, strict=True):
        publish(**{f"{name}_{case}": errors})

# %% [markdown]
# The generator's dense layer has 64 inputs. Its weights are kept as halves already, and rounding would change nothing;
# so we fold the batch norm after it into it first. For the whole network we mix two moments of the training, 7 to 3.
#
# **Predict first.** Where lies the error that is really made: near *largest*, near *typical*, or far below both? And
# over the whole network, in levels of 255: how far is a pixel off with halves at the very most, by 0, 1 or 10? With how
# many significant bits does one see it?


# %% role="spoiler" fold="Round the weights to fewer and fewer bits, and look"
def mixed():
    """Between two moments of the training: weights that are no halves."""
    network, others = pretrained.generator(), pretrained.generator(3200).get_weights()
    pairs = zip(network.get_weights(), others, strict=True)
    network.set_weights([0.7 * one + 0.3 * other for one, other in pairs])
    return network


def halves(w):
    return w.astype("float16").astype(float)


gamma, beta, mean, variance = (each.astype(float) for each in norms[0].get_weights())
scale = gamma / np.sqrt(variance + norms[0].epsilon)
dense = garments.get_weights()[0].astype(float) * np.tile(scale, 49)  # 49 pixels, 32 channels
dense_bias = np.tile(beta - mean * scale, 49)
inputs = np.random.default_rng(1).standard_normal(64)
made = inputs @ (halves(dense) - dense) + halves(dense_bias) - dense_bias
made = np.abs(made) * 2**24
largest, typical = np.array(checked_rounding_errors(inputs, dense, dense_bias))
print("the dense layer, 1,568 outputs, in units of 2^-24, root mean squares:")
largest_rms, typical_rms, made_rms = (
    np.sqrt(np.mean(each**2)) for each in (largest, typical, made)
)
print(
    f"  largest {largest_rms:,.0f}   typical {typical_rms:,.0f}   made {made_rms:,.0f}", end=""
)
print(f"; the worst made is {np.max(made / largest):.2f} of its largest")
assert (made <= largest).all()


exact = mixed()


def with_bits(bits):
    network = pretrained.generator()
    network.set_weights([to_bits(each, bits) for each in exact.get_weights()])
    return network


BITS = np.arange(11, 1, -1)
sixty_four = draw(exact, 64, seed=0)
off = [127.5 * np.abs(draw(with_bits(bits), 64, seed=0) - sixty_four) for bits in BITS]
mean_off, most_off = [each.mean() for each in off], [each.max() for each in off]
for bits, mean, most in zip(BITS, mean_off, most_off, strict=True):
    print(f"{bits:3} bits: {mean:8.4f} levels on average, {most:7.3f} at most")
figure, axes = plt.subplots(figsize=(6.4, 3.2))
axes.semilogy(
    BITS,
    most_off,
    plots.MARKERS["fake"] + plots.STYLES[1],
    color=plots.COLOURS["fake"],
    label="worst pixel",
)
axes.semilogy(
    BITS,
    mean_off,
    plots.MARKERS["real"] + "-",
    color=plots.COLOURS["real"],
    label="average pixel",
)
axes.axhline(
    0.5, color=plots.COLOURS["neutral"], linestyle=plots.STYLES[3], label="half a level"
)
axes.set(
    title="64 pictures with rounded weights",
    xlabel="significant bits of each weight",
    ylabel="off by (levels of 255)",
)
axes.invert_xaxis()
axes.legend()
plots.show(
    figure,
    alt="Two curves on a logarithmic scale over the bits from eleven down to two. Both rise nearly straight, "
    "roughly doubling with every bit that is left out. The average pixel crosses half a level near six bits.",
)
figure = plots.image_grid(
    np.concatenate(
        [
            draw(network, 8, seed=0)
            for network in (exact, with_bits(8), with_bits(4), with_bits(2))
        ]
    ),
    columns=8,
    captions=[f"{name} bits" for name in (24, 8, 4, 2) for _ in range(8)],
    image_size=0.8,
    title="The same latents, weights rounded more and more",
)
plots.show(
    figure,
    alt="Four rows of the same eight garments. With 24, eight and four bits they can hardly be told apart, with two "
    "they are a little spotty.",
)

# %% [markdown]
# Near *typical*. The errors are as often up as down, and of 64 such terms nearly all cancels that could add up.
# *Largest* is never reached; it is a promise, and typical a forecast. Over the whole network, halves move the average
# pixel by a fiftieth of a level and the worst one by one. Each bit less doubles the error, roughly: with six bits the
# average pixel is off by more than half a level, and with *two* the garments are still garments, a little spotty. What
# a network knows is not in the last digits of its weights. (Lower precision is a subject of its own; phones compute
# with eight bits and fewer.)
#
# ### The page, and who has it then
# Now the whole. `publish` writes one HTML file: weights, program, and a *model card* (what it learned from, what it is
# good for and what not; Mitchell and others 2019). The weights, two bytes each, are written as text, four letters for
# three bytes (base64), so that they take
#
# $$ 118{,}337 \cdot 2 \cdot \tfrac43 \approx 315{,}600 \text{ bytes} . $$

# %%
import base64
import json
import re

card = publish(find("garments"), folder / "site")
page = (folder / "site" / "index.html").read_text("utf-8")
letters = re.search(r'id="weights">(.*?)</script>', page, re.DOTALL)[1]
print(
    f"weights: by the formula {card['weights'] * 2 * 4 / 3:,.0f}, there {len(letters):,} letters"
)
policy = re.search("default-src '[a-z]*'", page)[0]
print(f"the page {len(page.encode()):,} bytes; its policy: {policy}")
print("the card:", {name: card[name] for name in ("trained_on", "data_licence", "rounding")})
assert abs(len(letters) - card["weights"] * 2 * 4 / 3) < 4

# %% [markdown]
# Open `runs/19_studio/site/index.html` by a double click. It asks no host for anything, and its policy (`default-src
# 'none'`) forbids it to; what a visitor likes stays in the browser. It is tested in Chromium against Keras: no pixel
# differs by more than one level. (Rounding changes none here: the course's weights were halves to begin with, as
# above.)
#
# A server may keep its model to itself. A page cannot: whoever can look at it has it.
#
# **Predict first.** How many lines of Python does a visitor need who has nothing but your page, to draw with your
# network on their own: 20, 200, or can they not, as the program is missing?


# %% role="spoiler"
def half_numbers(letters):
    return np.frombuffer(base64.b64decode(letters), "<f2").astype(float)


def taken_from(page):
    """A function that draws, from the text of a page alone."""
    model = json.loads(re.search(r'id="model">(.*?)</script>', page, re.DOTALL)[1])
    numbers = half_numbers(re.search(r'id="weights">(.*?)</script>', page, re.DOTALL)[1])

    def one_step(x, step):
        w = {name: numbers[at : at + n] for name, (at, n) in step.get("weights", {}).items()}
        match step["kind"]:
            case "dense":
                return x.ravel() @ w["kernel"].reshape(step["channels"]) + w.get("bias", 0)
            case "batch_norm":
                x = x.reshape(-1, len(w["mean"]))
                scale = w["gamma"] / np.sqrt(w["variance"] + step["epsilon"])
                return (x - w["mean"]) * scale + w["beta"]
            case "activation":
                slope = step["slope"]
                return np.tanh(x) if step["name"] == "tanh" else np.where(x > 0, x, slope * x)
        kernel = w["kernel"].reshape(*step["taps"], *step["channels"])
        (height, width), cut = step["coarse"], step["before"][0]
        if step["transposed"]:
            x = x.reshape(height, width, -1)
            return spread(x, kernel.swapaxes(2, 3), step["stride"][0], cut) + w.get("bias", 0)
        x = np.pad(x.reshape(height, width, -1), ((cut, cut), (cut, cut), (0, 0)))
        return sum(
            x[a : a + height, b : b + width] @ kernel[a, b]
            for a, b in np.ndindex(*step["taps"])
        )

    def draw(z):
        for step in model["steps"]:
            z = one_step(z, step)
        return z.reshape(model["height"], model["width"])

    return draw


theirs = taken_from(page)(z[0])
ours = generate(garments, z)[0, ..., 0]
print(f"largest difference {127.5 * np.abs(theirs - ours).max():.4f} levels of 255")
assert np.allclose(theirs, ours, atol=1e-4)

# %% [markdown]
# Some forty, and they draw the same picture. Whoever has the weights can go on training them, sell them, and ask them
# what they know. And what they know comes from the training pictures: a network that has learned some by heart hands
# these out with its weights. So before publishing: *may* the weights be public, under the licence of what they learned
# from? And how many of the pictures are copied, by a number? As in lesson 18, a drawn picture counts as copied if it
# lies nearer to a training picture than 95 of 100 pictures do which the network never saw.


# %%
from course_lib import datasets

known = datasets.load("fashion_mnist")
reference = known.images_train.reshape(-1, 784)
squares = (reference**2).sum(axis=1)


def to_nearest(images):
    """Root mean square difference of each picture from the training picture nearest to it."""
    rows = images.reshape(-1, 784)
    squared = (rows**2).sum(axis=1)[:, None] + squares - 2 * rows @ reference.T
    return np.sqrt(np.maximum(squared.min(axis=1), 0) / 784)


unseen, drawn = to_nearest(known.images_test[:400]), to_nearest(draw(garments, 400, seed=9))
bound = np.quantile(unseen, 0.05)
print(
    f"{len(reference):,} training pictures; nearest to an unseen one: {np.median(unseen):.3f}"
)
print(
    f"nearest to a drawn one: {np.median(drawn):.3f}, copied {np.mean(drawn < bound):.3f}",
    end="",
)
print(f" (by chance 0.050 ± {math.sqrt(0.05 * 0.95 / 400):.3f})")

# %% [markdown]
# None of 400, where chance alone would give twenty. That is good news with two reservations. The drawn pictures lie
# *further* from the training than real unseen ones, because they are rougher, so this measure would hardly see a rough
# copy; and one that is shifted by a pixel, or mirrored, it does not see at all. A number counts what it looks for. (For
# the studio's emoji, lesson 18 tried shifts and mirrors, and found none either.)
#
# **A good place to stop.** A model can be saved, gone back to and given away. From here on it is watched.

# %% [markdown]
# ## Watching
# Two things can go wrong while nobody looks: it becomes slow, and it draws something else. Slowness first, since it is
# the simpler one.
#
# ### How long it takes
# A studio answers a thousand times on a quiet day. Most answers take some 20 ms, and one in a hundred meets something:
# a network that is loaded anew, a disk that wakes, a neighbour. We make up such a day, so that it is the same for
# everybody.
#
# **Predict first.** The mean of the day's answers is about 40 ms. How many of a hundred answers take longer than the
# *mean*: fifty, twenty or two? A visitor looks at twenty pairs, so how many visitors of a hundred wait for a second at
# least once?

# %% role="spoiler"
rng = np.random.default_rng(0)
seconds = 0.02 * np.exp(0.3 * rng.standard_normal(1000))
seconds[rng.choice(1000, 10, replace=False)] += rng.uniform(1, 3, 10)
print(
    f"mean {1000 * seconds.mean():.0f} ms; longer than that: {np.mean(seconds > seconds.mean()):.3f}"
)
visits = rng.choice(seconds, size=(100_000, 20))
waits = np.mean((visits > 1).any(axis=1))
print(f"of visitors who look at twenty pairs, {waits:.3f} wait a second or more")
assert abs(waits - (1 - 0.99**20)) < 0.005

# %% [markdown]
# Two in a hundred: the mean is where nobody is. It is made of ten slow answers, and tells neither what is usual nor
# what is bad. And the bad is not as rare as it looks, since one who comes twenty times meets it with the chance $1 -
# 0.99^{20} = 0.18$. So speeds are told as **percentiles**: $p_{95}$ is the time within which 95 of 100 answers came. Of
# $n$ times in order, $t_{(1)} \le \dots \le t_{(n)}$, it is one that was really measured, the smallest that will do
# (the *nearest rank*):
#
# $$ p_q = t_{(r)}, \qquad r = \left\lceil \tfrac{q}{100} \, n \right\rceil . $$

# %%
import time

from course_lib.studio.monitoring import Latencies

ordered = np.sort(seconds)
latencies = Latencies()
for each in seconds:
    latencies.add(each)
for name, found in latencies.percentiles().items():
    rank = math.ceil(int(name[1:]) * len(ordered) / 100)
    within = np.mean(seconds <= found)
    print(f"{name}: {1000 * found:7.1f} ms; so long or less took {within:.3f}")
    assert found == ordered[rank - 1] and within >= int(name[1:]) / 100
here = Latencies()
for seed in range(100):
    begun = time.perf_counter()
    draw(garments, 2, seed)
    here.add(time.perf_counter() - begun)
print("two garments on this machine:", end=" ")
print(", ".join(f"{name} {1000 * found:.1f} ms" for name, found in here.percentiles().items()))

# %% [markdown]
# The slow answers are just beyond $p_{99}$ here: ten of a thousand, and $p_{99}$ is the time that ten exceed. Keep the
# *maximum*, too. And percentiles of two servers, or of two hours, cannot be averaged to one of both; keep the times, or
# counts of them in bins, and add those.
#
# ### How far a batch is from the usual
# What does it draw? One picture says nothing: a good generator draws a bad boot now and then. We compare **batches** of
# $n = 32$ with a **reference**, 1,000 pictures that the same model drew while somebody looked. Each picture is
# described by $d = 64$ features of lesson 7's classifier. The plainest comparison is that of *means* (Hotelling 1931).
# If $m$ is the batch's mean, $\mu$ and $\Sigma$ mean and covariance of the reference, then
#
# $$ T = \frac{n}{d} \, (m - \mu)^\top \Sigma^{-1} (m - \mu) . $$
#
# For batches that are drawn as the reference was, and with $\mu$ and $\Sigma$ known, $m - \mu$ has the covariance
# $\Sigma / n$. In coordinates in which that is the identity, $d \, T$ is a sum of $d$ squares of numbers with mean 0
# and variance 1. So $T$ is 1 on average, and if the features were normal, its standard deviation would be $\sqrt{2 / d}
# = 0.177$ and its skewness $\sqrt{8 / d} = 0.35$.


# %%
def mean_distance(rows, mean, inverse):
    gap = rows.mean(axis=0) - mean
    return len(rows) * gap @ inverse @ gap / len(gap)


def skewness(values):
    return np.mean((values - values.mean()) ** 3) / values.std() ** 3


normal_rows = np.random.default_rng(0).standard_normal((4000, BATCH, 64))
ideal = np.array([mean_distance(rows, np.zeros(64), np.eye(64)) for rows in normal_rows])
print(
    f"normal rows: mean {ideal.mean():.3f}, deviation {ideal.std():.3f}, skewness {skewness(ideal):.2f}"
)
rows = described(healthy).astype(float)
distance = drift.MeanDistance(rows[:1000])
usual = monitoring.batch_distances(distance, rows[1000:], BATCH)
print(
    f"garments:    mean {usual.mean():.3f}, deviation {usual.std():.3f}, skewness {skewness(usual):.2f}"
)
by_hand = mean_distance(rows[1000:1032], rows[:1000].mean(axis=0), distance.inverse * 64)
print(f"the first batch by hand {by_hand:.6f}, by the library {usual[0]:.6f}")
assert np.isclose(by_hand, usual[0])
assert abs(ideal.mean() - 1) < 0.01 and abs(ideal.std() - math.sqrt(2 / 64)) < 0.006

# %% [markdown]
# So the theory's 1 is 1.14 in truth, and the distances scatter more: features are not normal (none is below 0), and
# 1,000 pictures know $\mu$ and $\Sigma$ only so far. Hence the rule: what is usual is *measured*, on batches that did
# not go into the reference, and each distance is standardised by that, $x = (T - \text{mean}) / \text{deviation}$. And
# even with normal features a distance leans to the right: it has a long tail there, where the alarms are.
#
# ### Adding up
# An alarm whenever one $x$ exceeds 3? Then a model that is wrong by a little each time, $x$ about 1, is found late.
# Small evidence has to be added up, and evidence *for* the good model must not be saved up for ever. What is evidence?
# Suppose $x$ is normal with deviation 1, and the question is whether its mean is 0 or $\delta$. The likelihood ratio of
# one $x$ is
#
# $$ \log \frac{f_\delta(x)}{f_0(x)} = -\frac{(x - \delta)^2}{2} + \frac{x^2}{2} = \delta \left(x - \frac{\delta}{2}
#    \right) . $$
#
# If the change came just before number $j$, the evidence for it after $n$ is the sum from $j$ to $n$. When it came, we
# do not know; so take the $j$ that has most evidence, or none if all have less than 0:
#
# $$ S_n = \max\Big(0, \; \max_{j \le n} \sum_{i=j}^{n} (x_i - k)\Big), \qquad k = \frac{\delta}{2} , $$
#
# divided by $\delta$. The best beginning for $n$ is the best one for $n - 1$, or there is none better than to begin
# anew; so it can be had by keeping a single number (Page 1954):
#
# $$ S_n = \max(0, \; S_{n-1} + x_n - k), \qquad \text{alarm at } S_n \ge h . $$

# %% tags=["nbval-check-output"]
rng, delta = np.random.default_rng(1), 1.0
values = np.concatenate([rng.standard_normal(20), rng.standard_normal(10) + delta])
total, kept = 0.0, []
for x in values:
    total = max(0.0, total + x - delta / 2)
    kept.append(total)


def log_density(x, mean):
    return -((x - mean) ** 2) / 2 - math.log(2 * math.pi) / 2


evidence = log_density(values, delta) - log_density(values, 0)
best = [max(0, *(evidence[j:n].sum() / delta for j in range(n))) for n in range(1, 31)]
print("one number kept:", " ".join(f"{each:.1f}" for each in kept[17:]))
print("all beginnings: ", " ".join(f"{each:.1f}" for each in best[17:]))
assert np.allclose(kept, best) and np.allclose(kept, cusum.cusum(values, delta / 2))

# %% [markdown]
# ## Exercise 4: repair a monitor
# `distances` $(n,)$ come from a generator, batch after batch. While all was well their `mean` and `deviation` were
# measured. The monitor below should standardise each distance by these, $x_n$, and follow
#
# $$ S_n = \max(0, \; S_{n-1} + x_n - k), \qquad S_0 = 0 $$
#
# with the `allowance` $k$. When $S_n \geq h$, the `threshold`, it alarms, somebody mends the generator, and it begins
# again at 0. For each alarm it gives a pair of whole numbers: the number of the distance at which it alarms, and the
# number of the **first distance after the sum was last 0**, the best guess of when the change began. Distances are
# numbered from 1 on, as in $S_n$.
#
# It runs, but is silent when it should alarm, or does not stop once it has begun. Find the **four** faults.


# %% role="exercise" grade_id="watch"
# Exercise 4
def watch(distances, mean, deviation, threshold, allowance):
    """All alarms of a CUSUM, a list of pairs (number of the alarm's distance, number of the change's first)."""
    ### BEGIN BROKEN
    # total, since, found = 0.0, 1, []
    # values = (distances - distances.mean()) / distances.std()
    # for number, value in enumerate(values, 1):
    #     total += value - allowance
    #     if total <= 0:
    #         since = number
    #     if total >= threshold:
    #         found.append((number, since))
    # return found
    ### END BROKEN
    ### BEGIN SOLUTION
    total, since, found = 0.0, 1, []
    values = (distances - mean) / deviation
    for number, value in enumerate(values, 1):
        total = max(0.0, total + value - allowance)
        if total >= threshold:
            found.append((number, since))
            total = 0.0
        if total == 0:
            since = number + 1
    return found
    ### END SOLUTION


# %% role="check" grade_id="watch"
from itertools import combinations


def watch_with(
    own=False,
    floor=True,
    again=True,
    after=1,
    reached=lambda total, threshold: total >= threshold,
    zero=lambda total: total <= 0,
    reset_since=1,
    size=float,
    allow=1.0,
    first=1,
):
    """The alarms, with faults. again: True, False, "over" (with what is too much) or "stop"."""

    def watching(distances, mean, deviation, threshold, allowance):
        centre = np.mean(distances) if own in (True, "mean") else mean
        spread = np.std(distances) if own in (True, "deviation") else deviation
        total, since, found = 0.0, first, []
        for number, distance in enumerate(distances, first):
            total += size((distance - centre) / spread) - allow * allowance
            if zero(total):
                since = number + after
            if floor:
                total = max(total, 0.0)
            if reached(total, threshold):
                found.append((number, since))
                if again == "stop":
                    return found
                if again:
                    total = total - threshold if again == "over" else 0.0
                    if reset_since is not None:
                        since = number + after * reset_since
        return found

    return watching


# mean 1, deviation 1/2, allowance 1/2, threshold 4: eighths, so that nothing is rounded
quiet = [1.0, 0.75, 1.25, 0.5, 1.125, 0.875, 1.25, 0.25]
watch_cases = [
    (np.array([*quiet, 1.5, 2, 1.125, 2, 2.25, *quiet[:3], 2, 2.5, 1.5]), 1.0, 0.5, 4.0, 0.5),
    # exactly 0 after a rise, exactly the threshold, and alarms that follow one another
    (
        np.array([1.75, 0.75, 1.5, 2.25, 2.5, 1.0, 3.5, 3.5, 0.5, 2.25, 1.75]),
        1.0,
        0.5,
        4.0,
        0.5,
    ),
    (
        np.array(
            [2.5, 1.5, 0.5, 3.5, 5.5, 5.5, 6.5, 1.5, -0.5, 4.5, 5.5, 6.5, 2.5, 7.5, 7.5, 5.5]
        ),
        2.5,
        2.0,
        2.5,
        0.25,
    ),
    (np.array([*quiet, *12 * [2.25], 1.75, 2]), 1.0, 0.5, 1.5, 0.125),
    (np.array([*12 * [2.25], *quiet, *6 * [2.5]]), 1.0, 0.5, 1.5, 0.125),
    (np.array(quiet), 1.0, 0.5, 4.0, 0.5),
]
WATCH_FAULTS = {
    "the standard": "values are compared with their OWN mean and deviation, and so a change hides itself. Compare with "
    "those measured while all was well.",
    "the floor": "the sum falls below 0, and what it has saved up there delays the alarm.",
    "the new beginning": "the sum is not begun again at 0 after an alarm, so it alarms again and again.",
    "the change's number": "if the sum was last 0 at distance n, the change began at n + 1.",
}
FAULTY = {
    "the standard": {"own": True},
    "the floor": {"floor": False},
    "the new beginning": {"again": False},
    "the change's number": {"after": 0},
}
watch_mistakes = {}
for count in (4, 1, 2, 3):
    for left in combinations(WATCH_FAULTS, count):
        words = {
            4: "This is still the monitor as it was. The first fault: ",
            1: "One fault is left: ",
        }.get(count, f"{count} faults are left: {', '.join(left)}. The first: ")
        watch_mistakes[words + WATCH_FAULTS[left[0]]] = watch_with(
            **{name: value for each in left for name, value in FAULTY[each].items()}
        )
checked_watch = check(
    4,
    "watch",
    cases=[(case, watch_with()(*case)) for case in watch_cases],
    mistakes=watch_mistakes
    | {
        "Nearly. It alarms when the sum REACHES the threshold, also exactly.": watch_with(
            reached=lambda total, threshold: total > threshold
        ),
        "Nearly. Where the sum comes down to exactly 0, it is 0 as well, and a change begins after that.": watch_with(
            zero=lambda total: total < 0
        ),
        "Nearly. At an alarm the sum becomes 0, so the next change begins after the alarm at the "
        "earliest.": watch_with(reset_since=None),
        "Nearly. The change after an alarm begins at the NEXT distance, alarm's number + 1.": watch_with(
            reset_since=0
        ),
        "Begin again at 0, not at what was over the threshold.": watch_with(again="over"),
        "A distance below the mean counts as a change here. This sum looks for larger ones only.": watch_with(
            size=abs
        ),
        "The allowance is not taken off.": watch_with(allow=0.0),
        "The mean is the given one; the deviation still is that of these values.": watch_with(
            own="deviation"
        ),
        "The deviation is the given one; the mean still is that of these values.": watch_with(
            own="mean"
        ),
        "All but the first alarm are missing.": watch_with(again="stop"),
        "Distances are numbered from 1 on.": watch_with(first=0),
    },
    hint="Write down S_n for the first few distances, by hand, and what it should do at an alarm.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="watch" points=1
# in eighths, so that nothing is rounded
mean, deviation = int(random.integers(2, 10)) + 0.5, (0.25, 0.5, 2.0)[int(random.integers(3))]
allowance, threshold = int(random.integers(2, 5)) / 8, int(random.integers(24, 40)) / 8
quiet = -random.integers(12, 17, size=int(random.integers(4, 9))) / 8
# to the threshold exactly, with a dip on the way; to 0 exactly; large from the first on
rise = allowance + np.array([1.0, 0.25, -0.25, threshold - 1.25, 0.25])
and_down = allowance + np.array([0.25, 1.0, 0.5, -1.75])
changed = allowance + random.integers(14, 22, size=int(random.integers(16, 24))) / 8
changed[0] = allowance + threshold + 0.5  # at once
changing = [*quiet, *rise, *and_down, *rise[::-1], *quiet, *and_down, *rise, *quiet[:2]]
for case, values in enumerate((np.array(changing), changed, quiet)):
    found = watch(mean + deviation * values, mean, deviation, threshold, allowance)
    publish(**{f"alarms_{case}": found})

# %% [markdown]
# Your monitor on garments, beside the broken one that you were given: 100 batches, the last 30 of them paler.

# %%
hundred = draw(garments, 100 * BATCH, seed=4)
hundred[70 * BATCH :] *= 0.9
distances = monitoring.batch_distances(distance, described(hundred).astype(float), BATCH)
known = monitoring.usual(usual)
found = checked_watch(distances, known.mean, known.deviation, known.threshold, known.allowance)
found = [tuple(pair) for pair in found]
print(f"{len(found)} alarms; the first at batch {found[0][0]}, begun at batch {found[0][1]}")
own = (distances - distances.mean()) / distances.std()
total, naive = 0.0, []
for number, x in enumerate(own, 1):
    total += x - known.allowance
    naive += [number] if total >= known.threshold else []
print("the broken one:", f"{len(naive)} alarms" if naive else "none at all")

# %% [markdown]
# So many, as nobody mends anything here. The broken one cannot alarm at the end, whatever the distances are: less their
# own mean they sum to 0, so that its sum after $n$ of them is $-n k$.
#
# ### How long until an alarm
# A threshold is a bargain: a high one gives few false alarms and late true ones. For a given $h$ two numbers say how it
# stands: how many batches pass, on average, until there is an alarm **while all is well**, and how many **after a
# change**. Both are the same question. Cut the sum's range from 0 to $h$ into cells; from the middle of a cell, the
# next $x$ carries it to another one with a chance that the distribution of $x$ tells, or beyond $h$, where the run is
# over. If $Q$ holds these chances and $a$ the mean numbers of steps that are still to come, by the cell that one is in,
# then one step is taken in any case, and what comes after it depends on where it led (Brook and Evans 1972):
#
# $$ a = 1 + Q \, a \quad \Longrightarrow \quad (I - Q) \, a = 1 . $$
#
# **Predict first.** $k = 0.5$, $h = 5$. While all is well, how many batches to a false alarm: 50, 200 or 1,000? After a
# shift by one deviation, how many: 1, 10 or 50? For twice as high a threshold, do both become twice as long?


# %% role="spoiler" fold="Run lengths by the chain and by simulation, over thresholds"
def run_length(h, k=0.5, shift=0.0, cells=200):
    """By the chain; the cell around 0 holds what would be below."""
    width = 2 * h / (2 * cells - 1)
    middle = width * np.arange(cells)
    edges = middle + width / 2  # the upper edge of each cell
    below = cusum.normal(edges[None, :] - middle[:, None] + k - shift)
    chances = np.diff(below, axis=1, prepend=0)
    return np.linalg.solve(np.eye(cells) - chances, np.ones(cells))[0]


print("  h    shift 0: chain   simulated        shift 1: chain   simulated")
for h in (2.5, 5.0):
    line = f"{h:4}"
    for shift in (0.0, 1.0):
        runs = cusum.simulated_run_lengths(h, shift=shift, runs=2000)
        error = runs.std() / math.sqrt(len(runs))
        line += f"{run_length(h, shift=shift):17.1f} {runs.mean():9.1f} ± {error:4.1f}"
        assert abs(run_length(h, shift=shift) - runs.mean()) < 4 * error
    print(line)
print(f"{10.0:4} {run_length(10.0):16,.0f} {'':20} {run_length(10.0, shift=1.0):18.1f}")
assert np.isclose(run_length(5.0), cusum.run_length(5.0))
heights = np.linspace(0.5, 8, 16)
figure, axes = plt.subplots(figsize=(6.4, 3.4))
for shift, colour, style in zip(
    (0.0, 0.5, 1.0, 2.0),
    ("real", "generator", "fake", "discriminator"),
    plots.STYLES,
    strict=False,
):
    label = "all is well" if not shift else f"shifted by {shift:g}"
    axes.semilogy(
        heights,
        [cusum.run_length(h, shift=shift, states=100) for h in heights],
        color=plots.COLOURS[colour],
        linestyle=style,
        label=label,
    )
axes.set(
    title="Mean number of batches to an alarm, k = 0.5",
    xlabel="threshold h (deviations)",
    ylabel="batches",
)
axes.legend()
plots.show(
    figure,
    alt="Four curves over the threshold, on a logarithmic scale. That of a healthy model rises as a straight line, to "
    "ten thousands at a threshold of eight. Those of shifts of one half, one and two deviations flatten and end near "
    "eighty, sixteen and six.",
)

# %% [markdown]
# About 930 and 10. Twice the threshold gives twice the delay, 20, and 150 times as rare a false alarm: the delay grows
# in proportion to $h$, since after a change the sum climbs by $\delta - k$ a batch, and the false alarms become rarer
# exponentially, since for them chance alone has to climb against the fall. That is why such a bargain is worth making.

# %% [markdown]
# ## Exercise 5: how long until it alarms?
# A monitor of thumbs: each thumb *down* adds `up` points to its sum, each thumb up takes 1 point off, but the sum never
# falls below 0, where it begins. As soon as it is `threshold` or more, it alarms. Thumbs are independent, and down with
# the chance `chance`. How many thumbs does it take on average, from sum 0 to the alarm?
#
# While all is well this is the mean time to a false alarm, and when more thumbs are down it is the delay: one function
# for both. Derive it. Let $a_s$ be the mean number of thumbs that are still to come when the sum is $s$. After one more
# thumb, where is the sum, and what is still to come? One equation for each $s$ below the threshold.
#
# `thumbs_to_alarm(threshold, up, chance)` gets two whole numbers from 1 on and a chance above 0. It returns the mean,
# exactly. (A simulation comes near, and no nearer.)


# %% role="exercise" grade_id="thumbs_to_alarm"
# Exercise 5
def thumbs_to_alarm(threshold, up, chance):
    """The mean number of thumbs until the sum, from 0 on, is threshold or more."""
    ### BEGIN SOLUTION
    equations = np.eye(threshold)  # a_s - (1 - chance) a_(s - 1) - chance a_(s + up) = 1
    for total in range(threshold):
        equations[total, max(0, total - 1)] -= 1 - chance
        if total + up < threshold:
            equations[total, total + up] -= chance
    return float(np.linalg.solve(equations, np.ones(threshold))[0])
    ### END SOLUTION


# %% role="check" grade_id="thumbs_to_alarm"
def thumbs_with(
    states=lambda threshold: threshold,
    down=lambda total: max(0, total - 1),
    up_to=lambda total, up, threshold: total + up,
    cost=lambda total: 1.0,
    result=lambda lengths: lengths[0],
    transposed=False,
    certain_at_0=False,
):
    """The mean from first steps, with faults."""

    def thumbs(threshold, up, chance):
        n = states(threshold)
        moves = np.zeros((n, n))
        for total in range(n):
            p = 1.0 if certain_at_0 and total == 0 else chance
            for goes, to in ((1 - p, down(total)), (p, up_to(total, up, threshold))):
                if 0 <= to < n:
                    moves[total, to] += goes
        moves = moves.T if transposed else moves
        lengths = np.linalg.solve(np.eye(n) - moves, [cost(total) for total in range(n)])
        return float(result(lengths))

    return thumbs


def seen_until_half(threshold, up, chance):
    """The median number of thumbs."""
    now, number = np.eye(threshold)[0], 0
    while now.sum() > 0.5:
        then = np.zeros(threshold)
        for total, share in enumerate(now):
            then[max(0, total - 1)] += share * (1 - chance)
            if total + up < threshold:
                then[total + up] += share * chance
        now, number = then, number + 1
    return float(number)


def drift_only(threshold, up, chance):
    return threshold / (chance * up - (1 - chance))


thumbs_cases = [
    ((1, 1, 0.25), 4.0),
    ((2, 1, 0.25), 20.0),
    *(
        (case, thumbs_with()(*case))
        for case in (
            (3, 2, 0.5),
            (7, 3, 0.4),
            (5, 4, 0.15),
            (8, 1, 0.7),
            (9, 2, 0.15),
            (2, 5, 0.3),
        )
    ),
]


def with_certain_thumbs(answer):
    from course_lib.checks.comparing import difference as unlike

    if unlike(answer(5, 2, 1.0), 3.0, 1e-6):
        return "With a chance of 1 each thumb is down, and it takes three of 2 points each to reach 5."
    return None


checked_thumbs_to_alarm = check(
    5,
    "thumbs_to_alarm",
    cases=thumbs_cases,
    mistakes={
        "The threshold over the mean step: that holds for a sum which can fall as it likes and lands on the threshold "
        "exactly. This one does neither.": drift_only,
        "This is how long it takes until so many thumbs are down. Thumbs up take points off in "
        "between.": lambda threshold, up, chance: -(-threshold // up) / chance,
        "It alarms when the sum IS the threshold; here only above it.": thumbs_with(
            states=lambda threshold: threshold + 1
        ),
        "At 0 a thumb up leaves the sum at 0, and it is a thumb all the same: a_0 stands on both sides of its "
        "equation.": thumbs_with(certain_at_0=True),
        "A thumb up at 0 ends it here. The sum stays at 0, and it goes on: a_0 stands on both sides.": thumbs_with(
            down=lambda total: total - 1
        ),
        "A sum that would jump over the threshold stops just below it here. It alarms.": thumbs_with(
            up_to=lambda total, up, threshold: (
                min(total + up, threshold - 1) if total + up > threshold else total + up
            )
        ),
        "The equations are transposed: row s says where the sum goes FROM s.": thumbs_with(
            transposed=True
        ),
        "This is a mean over all sums to begin with. It begins at 0.": thumbs_with(
            result=np.mean
        ),
        "This is the mean from just below the threshold. It begins at 0.": thumbs_with(
            result=lambda lengths: lengths[-1]
        ),
        "A thumb down adds `up` points, not 1.": lambda threshold, up, chance: thumbs_with()(
            threshold, 1, chance
        ),
        "A thumb up takes 1 point off, not `up`.": lambda threshold, up, chance: thumbs_with(
            down=lambda total: max(0, total - up)
        )(threshold, up, chance),
        "`chance` is that of a thumb DOWN.": lambda threshold, up, chance: thumbs_with()(
            threshold, up, 1 - chance
        ),
        "One too many: the thumb that alarms is counted twice.": thumbs_with(
            result=lambda lengths: lengths[0] + 1
        ),
        "One too few: the thumb that alarms counts, too.": thumbs_with(
            result=lambda lengths: lengths[0] - 1
        ),
        "This is the median: half of all runs are over by then. A few very long ones draw the mean "
        "up.": seen_until_half,
        "These are the thumbs down only. Those up count as well.": lambda threshold, up, chance: (
            chance * thumbs_with()(threshold, up, chance)
        ),
    },
    hint="One thumb costs 1, and then a_(s + up) or a_(s - 1) is still to come, or a_0 if s is 0, or nothing if it has "
    "alarmed. So many equations as unknowns.",
    also=with_certain_thumbs,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="thumbs_to_alarm" points=2
for case in range(8):
    up = (2, 3, 4, 3, 2, 2, 5, 2)[case]
    threshold = up * int(random.integers(2, 4)) + 1
    chance = float(random.uniform(0.12, 0.45))
    if case == 5:  # a long run
        threshold, chance = 9, float(random.uniform(0.14, 0.16))
    if case == 6:  # a single thumb is enough
        threshold = int(random.integers(2, 5))
    if case == 7:
        chance = 1.0
    publish(**{f"thumbs_{case}": thumbs_to_alarm(threshold, up, chance)})

# %% [markdown]
# With your function: a monitor of thumbs, for a studio in which one thumb in ten is down.
#
# **Predict first.** A down counts `up` points, an up takes one off; the threshold is chosen for at least 2,000 thumbs
# to a false alarm. Then two in ten are down, or four. How many thumbs does it take to notice? And is it better to count
# a down as 3 points or as 6?

# %% role="spoiler"
for up in (3, 6):
    threshold = next(h for h in range(1, 200) if checked_thumbs_to_alarm(h, up, 0.1) >= 2000)
    lengths = [
        float(checked_thumbs_to_alarm(threshold, up, chance)) for chance in (0.1, 0.2, 0.4)
    ]
    print(
        f"a down is {up}: threshold {threshold:3}, false alarm after {lengths[0]:6,.0f}; "
        f"noticed after {lengths[1]:5.0f} at 0.2, {lengths[2]:4.1f} at 0.4"
    )

# %% [markdown]
# It depends on what is to be noticed. Six points make the sum rise, on average, as soon as more than one thumb in seven
# is down, three points at one in four. So a small change is found sooner with six, a large one with three: the
# allowance is half of the change that matters, here as there. At 0.2 the sum with three points even falls on average,
# and it takes luck to reach the threshold.
#
# ### From skewed distances
# The chain needs the distribution of $x$. If normal ones are assumed, one alarm in 1,000 batches is $h = 5.07$. But we
# saw that distances lean to the right, and alarms come from the right. The library takes the measured ones as they are
# instead (`cusum.empirical`), which gave 5.58 for our garments.
#
# **Predict first.** A table that was measured beforehand (`data/monitoring.csv`; ten calibrations, each with 6,400
# pictures, each tried on fresh ones) says how many false alarms there were in 1,000 batches, where one was wanted. By
# normal theory: 1, 2 to 5, or 20? By measured distances?

# %% role="spoiler"
import csv

from course_lib import ROOT

with (ROOT / "data" / "monitoring.csv").open(encoding="utf-8", newline="") as file:
    measured_rows = [row for row in csv.DictReader(file) if row["batch_size"] == "32"]


def entries(column, **wanted):
    """Of the rows with these values, over the seeds; what was not caught counts as infinite."""
    chosen = [
        row
        for row in measured_rows
        if all(row[name] == value for name, value in wanted.items())
    ]
    return np.array([float(row[column] or math.inf) for row in chosen])


MEASURES = {
    "means": "means of features",
    "kernel": "kernel distance",
    "pixels": "light and spread",
}
print(
    f"by normal theory {cusum.threshold_for(1000):.2f}; false alarms in 1,000 batches of garments:"
)
for measure, name in MEASURES.items():
    line = f"  {name:18}"
    for chosen in ("normal", "measured"):
        alarms = entries(
            "alarms",
            generator="garments",
            measure=measure,
            change="healthy",
            length="1000",
            chosen=chosen,
        )
        line += f"   {chosen} {alarms.mean():.1f} ({alarms.min():.1f} to {alarms.max():.1f})"
    print(line)

# %% [markdown]
# By normal theory two to five times as many as ordered, most of them where the lean is greatest, in the measure that
# looks at two numbers only. With the measured ones it is about right *on average over ten calibrations*. A single one,
# yours, has anything from none to several: the threshold follows from 200 batches, and how rare a thing is that happens
# once in a thousand, 200 batches hardly know.

# %% [markdown]
# ### Break it
# Your turn: a list of what can happen to a model, and a monitor that has never heard of any of it. Three measures look
# at the same batches: means of features, the *kernel distance* of lesson 7 in the same features, and, with no network
# at all, the mean and the spread of each picture's greys, again compared by their means.
#
# - `shuffled`: the weights of one convolution in another order, a file read wrongly;
# - `paler`: everything times 0.9;
# - `swapped`: two of sixteen channels of the last hidden layer exchanged;
# - `older`: an older version by mistake, after half the training;
# - `mirrored`: left and right exchanged;
# - `stuck`: the source of random numbers gives the same ten latents over and over.
#
# **Predict first.** Which of them would you see yourself, in 32 pictures? Which will a measure miss within 1,600? And
# is there one for which the measure without a network is *blind*, whatever the number of pictures?


# %% role="spoiler" fold="Break the model in six ways, and watch with three measures"
def swapped(one, other):
    network = pretrained.generator()
    weights = network.get_weights()
    place = [place for place, array in enumerate(weights) if array.ndim == 4][-2]
    weights[place][:, :, [one, other]] = weights[place][:, :, [other, one]]
    network.set_weights(weights)
    return network


def stuck(count, seed):
    ten = np.random.default_rng(seed).standard_normal((10, 64)).astype("float32")
    return draw_from(ten[np.random.default_rng(seed).integers(0, 10, count)])


def draw_from(latents):
    return generate(garments, latents, batch_size=512)


WATCHED = 1600
good = draw(garments, WATCHED, seed=11)
breaks = {
    "as it was": good,
    "shuffled": draw(shuffled_layer(1), WATCHED, 11),
    "paler": 0.9 * good,
    "swapped": draw(swapped(0, 1), WATCHED, 11),
    "older": draw(pretrained.generator(3200), WATCHED, 11),
    "mirrored": good[:, :, ::-1],
    "stuck": stuck(WATCHED, 11),
}
monitors = {
    "means": monitor,
    "kernel": monitoring.calibrate(healthy, described, distance=drift.KernelDistance),
    "pixels": monitoring.calibrate(healthy, drift.pixel_moments),
}
figure = plots.image_grid(
    np.concatenate([images[:10] for images in breaks.values()]),
    columns=10,
    captions=[name if column == 0 else "" for name in breaks for column in range(10)],
    image_size=0.75,
    title="The first ten pictures of each",
)
plots.show(
    figure,
    alt="Seven rows of ten garments: as it was; shuffled, grey blots; paler, hardly different; swapped, a "
    "little rougher; older, much alike; mirrored, shoes that point the other way; stuck, where garments come "
    "more than once.",
)
print(
    "pictures until the alarm".ljust(26) + "".join(f"{name:>20}" for name in MEASURES.values())
)
caught = {}
for change, images in breaks.items():
    caught[change] = []
    for each in monitors.values():
        each.begin_again()
        begun = each.pictures
        alarms = each.see(images)
        caught[change].append(alarms[0].pictures - begun if alarms else None)
    print(f"{change:26}" + "".join(f"{found or 'none':>20}" for found in caught[change]))

# %% [markdown]
# Shuffled weights everybody sees. Paler and swapped ones one tells at best beside the good ones, older ones differ from
# them and are hardly worse, and of mirrored shoes one has to know which way they used to point. The measure of light
# and spread *is* blind to that: a mirrored picture has the very same greys, so that to it nothing has happened, and
# more pictures will not help. For the paler ones, though, it is as quick as any. The kernel distance misses the swapped
# ones, which the means find. And `older`? The means alone alarmed, after 832 pictures.
#
# That is one day, of one monitor. The table has ten calibrations of each, and more changes.
#
# **Predict first.** In how many of its nine changes does the kernel distance, which sees more than means, notice sooner
# than the plain means do?

# %% role="spoiler"
CHANGES = {
    "permuted": "weights shuffled",
    "swapped": "two channels swapped",
    "scaled": "times 0.9",
    "brighter": "0.1 brighter",
    "noise": "noise of 0.1",
    "older_3200": "half the training",
    "older_800": "an eighth of the training",
    "one_class": "one class alone",
    "few_latents": "ten latents alone",
}
print(
    "median of pictures, and in 1,600 caught".ljust(42)
    + "".join(f"{name:>19}" for name in MEASURES.values())
)
sooner = {}
for generator in ("garments", "sprites"):
    for change, name in CHANGES.items():
        wanted = {"generator": generator, "change": change, "length": "1000"}
        if not len(entries("delay", **wanted)):
            continue
        delays = {
            each: np.median(entries("delay", measure=each, **wanted)) for each in MEASURES
        }
        shares = {each: entries("caught", measure=each, **wanted).mean() for each in MEASURES}
        sooner[generator, change] = [delays[each] for each in MEASURES]
        cells = (f"{delays[each]:8.0f} {100 * shares[each]:4.0f} %" for each in MEASURES)
        print(f"{generator:10}{name:32}" + "".join(f"{cell:>19}" for cell in cells))

# %% [markdown]
# In none. In the median the plain means find each change as soon or sooner, often several times sooner. The kernel
# distance *can* see more, any difference at all if there are pictures enough, and just that makes it weak with 32: it
# asks many questions at once, and each adds its noise. Where a change leaves the means as they are it would be the one
# to have, but none of ours does. Light and spread, without any network, are as quick as the means or nearly so when the
# light changes, and find emoji that are brighter sooner; of a model that had an eighth of the training they notice next
# to nothing.
#
# One line should make you modest: half the training. The Fréchet distance of 5,000 pictures knows it well, 3.4 against
# 2.4; with 1,600 pictures the means find it in 40 cases of 100, and the kernel distance in none. A monitor tells
# whether something *happened*. How good a model is, a score has to say, before it becomes current.
#
# ### Mend it
# The alarm is there. Now what? Put the last good version back, and tell the monitor (`begin_again`), since half a batch
# of the bad model's pictures may still be waiting in it.
#
# **Predict first.** The bad model (shuffled weights) drew 16 pictures more before the old version was back. If nobody
# tells the monitor, what happens?

# %% role="spoiler"
last_good = versions.current().number
versions.save(shuffled_layer(2), note="new and untried")
bad, watching = versions.load(), monitors["means"]
blamed = {}
for told in (False, True):
    watching.begin_again()
    print(f"after {BATCH} pictures:", watching.see(draw(bad, BATCH, 12))[0].reason)
    watching.see(draw(bad, BATCH // 2, 13))
    versions.go_back(last_good)
    if told:
        watching.begin_again()
    blamed[told] = len(watching.see(draw(versions.load(), 20 * BATCH, 14)))
    print(
        f"{'told' if told else 'not told'}: alarms in 20 batches of the good model: {blamed[told]}"
    )

# %% [markdown]
# The good model is blamed for the bad one's pictures, and whoever believes it goes back once more, to a worse version.
#
# **Now you.** Change the factor, or the layer. What is the smallest change that you see, and the smallest that a
# monitor sees?

# %%
MY_FACTOR = 0.9  # on the weights of the layer below
MY_LAYER = 7  # of mine.layers; 0, 2, 4, 5, 7, 8 and 10 have weights

mine = pretrained.generator()
changed = mine.layers[MY_LAYER]
changed.set_weights([MY_FACTOR * each for each in changed.get_weights()])
both = np.concatenate([draw(garments, 10, 11), draw(mine, 10, 11)])
figure = plots.image_grid(both, columns=10, image_size=0.75, title="Before (above), and yours")
plots.show(figure, alt="Two rows of the same ten garments, before and after your change.")
for name, each in monitors.items():
    each.begin_again()
    begun = each.pictures
    alarms = each.see(draw(mine, WATCHED, 15))
    after = f"{alarms[0].pictures - begun} pictures" if alarms else f"not within {WATCHED:,}"
    print(f"{MEASURES[name]:18} {after}")

# %% [markdown]
# ## What a thumb may tell
# A monitor knows whether the model is as it was. Whether people like it, only they can say: thumbs up, thumbs down.
# What has to be kept of one? What draws the picture again: seed, settings, the version of the model. And the answer.
# The library's `Feedback` keeps that in a file on this machine. There is no place in it for a person or a time, and it
# refuses free text. (A short word passes, as the name of a class must. That it is not a visitor's you have to see to.)
#
# **Predict first.** Why no *time*? Twenty people were in the room, nobody's name was written down.

# %% role="spoiler"
from course_lib.studio.feedback import Feedback

feedback = Feedback(folder / "feedback.jsonl")
feedback.add(liked=True, seed=17, settings={"theme": "garments", "truncation": 0.7}, version=3)
feedback.add(liked=False, seed=4, settings={"theme": "sprites", "kind": "faces"}, version=3)
print(feedback.path.read_text("utf-8"), end="")
for settings in ({"note": "my garden in Ulm, call me: 0731"}, {"address": "anna@example.org"}):
    try:
        feedback.add(liked=True, seed=1, settings=settings)
    except CourseError as error:
        print("refused:", error)
rows = feedback.export(folder / "thumbs.csv")
print(f"{rows} rows exported:")
print((folder / "thumbs.csv").read_text("utf-8"), end="")

# %% [markdown]
# Because a time is a key. Whoever saw Anna sit down at ten past three finds her thumbs in the file. What is not kept
# cannot be lost, asked for or stolen, and nobody has to protect it. (Lines still stand in the order in which they came;
# whoever exports can shuffle them.)
#
# But any setting can become a key, if it is rare enough. If each of $n$ visitors falls into one of $m$ cells, all
# equally likely and independent (say, the kind and version they judged), then one of them is **alone** in hers with the
# chance
#
# $$ P(\text{alone}) = \left(1 - \tfrac1m\right)^{n - 1} . $$

# %% tags=["nbval-check-output"]
rng, n = np.random.default_rng(0), 20
for m in (4, 24, 240):
    cells = rng.integers(0, m, size=(4000, n))
    alone = np.mean((cells[:, 1:] != cells[:, :1]).all(axis=1))
    exact = (1 - 1 / m) ** (n - 1)
    error = math.sqrt(exact * (1 - exact) / 4000)
    print(f"{m:3} cells: alone {exact:.3f}, simulated {alone:.3f}")
    assert abs(alone - exact) < 4 * error + 1e-9

# %% [markdown]
# Twenty people, eight kinds and three versions: nearly every second is alone in her cell. So small counts are not
# printed. But the totals are, and they must add up.

# %% [markdown]
# ## Exercise 6: what a total gives away
# A `table` of counts (rows, columns), for instance the thumbs down by theme and by version, is to be exported. Where a
# count is small, a reader may know the person, so these cells are `hidden` (True). But the totals of all rows and of
# all columns are printed beside it, and a hidden cell that is alone in its row can be computed back at once. Others
# can too, by several steps or by several totals at a time. Which?
#
# `computed_back(table, hidden)` returns the table, whole numbers (rows, columns), as a clever reader has it: each cell
# that is printed, or whose value follows *from the equations*, one for each row and each column; -1 for every other.
# (That counts are whole and not below 0 tells a reader even more in some tables. Leave that aside.)
#
# The hidden cells are unknowns of a linear system. When does it fix one of them, though it leaves others free? Two
# solutions differ by something whose rows and columns all sum to 0.


# %% role="exercise" grade_id="computed_back"
# Exercise 6
def computed_back(table, hidden):
    """The table (rows, columns) with -1 for what neither is printed nor follows from the totals."""
    ### BEGIN SOLUTION
    places = np.argwhere(hidden)
    equations = np.vstack(
        [
            places[:, 0] == np.arange(table.shape[0])[:, None],
            places[:, 1] == np.arange(table.shape[1])[:, None],
        ]
    ).astype(float)
    # what solves the system differs by what is free; a 1 here: nothing of this unknown is
    fixed = np.isclose(np.diag(np.linalg.pinv(equations) @ equations), 1)
    known = np.where(hidden, -1, table)
    for row, column in places[fixed]:
        known[row, column] = table[row, column]
    return known
    ### END SOLUTION


# %% role="check" grade_id="computed_back"
def with_known(table, hidden, free):
    return np.where(hidden & free, -1, table)


def alone(unknown, rows=True, columns=True):
    """Of each unknown cell: is it the only one in its row, or in its column?"""
    one = unknown & (unknown.sum(axis=1, keepdims=True) == 1) & rows
    return one | unknown & (unknown.sum(axis=0, keepdims=True) == 1) & columns


def by_steps(rows=True, columns=True, most=math.inf):
    """One cell after another, as long as one is alone in its row or column; so many rounds at most."""

    def back(table, hidden):
        unknown, number = hidden.astype(bool), 0
        while number < most and alone(unknown, rows, columns).any():
            unknown, number = unknown & ~alone(unknown, rows, columns), number + 1
        return with_known(table, hidden, unknown)

    return back


def on_a_ring(hidden):
    """A hidden cell joins its row to its column; it is free if they are still joined without it."""
    free = np.zeros(hidden.shape, bool)
    for row, column in np.argwhere(hidden):
        others = hidden.astype(bool).copy()
        others[row, column] = False
        rows = np.arange(len(hidden)) == row
        for _ in range(hidden.size):
            rows = rows | others[:, others[rows].any(axis=0)].any(axis=1)
        free[row, column] = others[rows, column].any()
    return free


def one_solution(of=np.rint):
    """The shortest solution of the equations, whole or as it comes."""

    def back(table, hidden):
        places, sides = np.argwhere(hidden), hidden.shape
        equations = np.array(
            [places[:, axis] == number for axis in (0, 1) for number in range(sides[axis])],
            float,
        )
        found = table.astype(float)
        found[hidden] = of(np.linalg.pinv(equations) @ (equations @ table[hidden]))
        return found

    return back


def some_counts(lines, seed):
    """A table whose hidden cells, the crosses, are small, and not always the smallest."""
    hidden = np.array([[letter == "x" for letter in line] for line in lines.split()])
    random = np.random.default_rng(seed)
    return np.where(
        hidden, random.integers(0, 7, hidden.shape), random.integers(3, 40, hidden.shape)
    ), hidden


back_cases = [
    some_counts("x.. .xx .xx", 1),
    some_counts("xx. .x. .xx", 0),
    some_counts("xx.. xxx. ..xx ..xx", 6),
    some_counts("xx... .xx.. x.x.. ..xxx ...xx", 3),
    some_counts("xx. x.. xx. ..x ... .x.", 3),
    some_counts("xx..xx ..x..x .x..x.", 2),
]


def with_nothing_hidden(answer):
    from course_lib.checks.comparing import difference as unlike

    table = np.array([[3, 0], [1, 2], [7, 5]])
    if unlike(answer(table, table < 0), table, 1e-6):
        return "Where nothing is hidden, all is printed."
    return None


checked_computed_back = check(
    6,
    "computed_back",
    cases=[(case, with_known(*case, on_a_ring(case[1]))) for case in back_cases],
    mistakes={
        "Only rows are used here. Columns have totals, too.": by_steps(columns=False),
        "Only columns are used here. Rows have totals, too.": by_steps(rows=False),
        "Each cell that is computed back may leave another one alone: go on until nothing changes. (Even that does not "
        "find all.)": by_steps(most=1),
        "Cells that are alone in their row or column are found, one after another. There are more: add the totals of "
        "several rows and take off those of several columns, such that a single unknown is left.": by_steps(),
        "A hidden cell is safe only if it is not alone in its row AND not alone in its column, and even that is not "
        "enough. Here it is given away only if alone in both.": lambda table, hidden: (
            with_known(
                table, hidden, ~(alone(hidden, columns=False) & alone(hidden, rows=False))
            )
        ),
        "This is ONE solution of the equations. If they have others, a reader cannot know which is true: only what is "
        "the same in all of them is known.": one_solution(),
        "This is ONE solution of the equations, not even in whole numbers. Only what is the same in all of them is "
        "known.": one_solution(of=np.array),
        "Nothing is computed back here. Begin with a row that has a single hidden cell.": lambda table, hidden: (
            np.where(hidden, -1, table)
        ),
        "Everything is computed back here. Find two tables with the same totals.": lambda table, hidden: (
            table
        ),
        "Either all hidden cells follow or none does, as the whole system has one solution or many. It may fix one "
        "unknown and leave others free.": lambda table, hidden: with_known(
            table, hidden, hidden & on_a_ring(hidden).any()
        ),
    },
    hint="One unknown for each hidden cell, one equation for each row and column. An unknown is fixed if it is 0 in "
    "whatever solves the system with all totals 0.",
    also=with_nothing_hidden,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="computed_back" points=2
for case in range(3):
    size = 8
    hidden = np.zeros((size, size), bool)
    rings = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)]
    joined = [(1, 2), (4, 4), (5, 4), (5, 5), (6, 5), (6, 6)]  # between two rings, and a chain
    for place in rings + joined + [(7, 7), (7, 1)][: case + 1]:
        hidden[place] = True
    if case == 2:  # a ring of six cells, where the chain was
        hidden[4, 6] = True
    hidden = np.pad(
        hidden, ((0, case), (0, 2 - case))
    )  # no square, and lines in which nothing is hidden
    hidden = hidden[np.ix_(*map(random.permutation, hidden.shape))]
    table = np.where(
        hidden,
        random.integers(0, 7, size=hidden.shape),
        random.integers(3, 60, size=hidden.shape),
    )
    table[tuple(random.permutation(np.argwhere(hidden))[0])] = 0
    publish(**{f"known_{case}": computed_back(table, hidden)})

# %% [markdown]
# With your function: two hundred thumbs of a made-up afternoon, by kind and version. Counts below 5 are hidden.
#
# **Predict first.** How many of the hidden counts can be computed back from the totals: none, some, or all?

# %% role="spoiler"
from course_lib.datasets.sprites import KINDS

rng = np.random.default_rng(4)
popular = rng.dirichlet(np.full(8, 2.0))
thumbs = rng.multinomial(200, np.outer(popular, [0.62, 0.3, 0.08]).ravel()).reshape(8, 3)


def as_read(table, hidden):
    """What your function computes back, and `table` and `hidden` stay as they are."""
    return np.rint(checked_computed_back(table.copy(), hidden.copy())).astype(int)


def printed(table, hidden):
    back = as_read(table, hidden)
    print("             version 1  version 2  version 3      all")
    for kind, counts, hides, knows in zip(KINDS, table, hidden, back, strict=True):
        cells = [
            str(count) if not hide else f"({know})" if know >= 0 else "hidden"
            for count, hide, know in zip(counts, hides, knows, strict=True)
        ]
        print(f"{kind:12}" + "".join(f"{cell:>10} " for cell in cells) + f"{counts.sum():8}")
    print(f"{'all':12}" + "".join(f"{total:10} " for total in table.sum(axis=0)))
    print(f"hidden {hidden.sum()}, computed back {np.sum(hidden & (back >= 0))}")
    return back


small = thumbs < 5
back = printed(thumbs, small)
more = small.copy()
while (more & (as_read(thumbs, more) >= 0)).any():
    row, column = np.argwhere(more & (as_read(thumbs, more) >= 0))[0]
    others = [at for at in range(3) if not more[row, at]]
    if others:  # hide the smallest of its row, too
        more[row, min(others, key=lambda at: thumbs[row, at])] = True
    else:
        rows = [at for at in range(8) if not more[at, column]]
        more[min(rows, key=lambda at: thumbs[at, column]), column] = True
print()
safe = printed(thumbs, more)

# %% [markdown]
# Some: a hidden cell that is alone in its row is the row's total less the rest. Your function says what else to hide,
# three cells more, until nothing comes back from the equations. Of 24 cells seven are left; that is the price, and with
# fewer columns it would be lower. (A reader also knows that no count is negative, and perhaps some of the answers.
# There are stronger promises than hiding small cells, at a price of their own.)
#
# ### Who answers
# 64 thumbs up of 80: do four of five visitors like it? 80 of 400 visitors answered, and those who are delighted or
# annoyed answer sooner than the others. If a share $p$ of all visitors likes it, and of those who do a share $a$
# answers, of the others a share $b$, then of the thumbs
#
# $$ P(\text{up} \mid \text{answered}) = \frac{p \, a}{p \, a + (1 - p) \, b} . $$
#
# **Predict first.** 80 % of the thumbs are up, and one visitor in five answered. What is the smallest share $p$ of all
# visitors that fits, and the largest?

# %% role="spoiler"
rng = np.random.default_rng(0)
for p, a, b in ((0.5, 0.32, 0.08), (0.8, 0.2, 0.2), (0.9, 0.178, 0.4)):
    likes = rng.random(200_000) < p
    answers = rng.random(200_000) < np.where(likes, a, b)
    by_formula = p * a / (p * a + (1 - p) * b)
    print(
        f"p = {p}: {answers.mean():.2f} answer, {likes[answers].mean():.3f} of them up, ",
        end="",
    )
    print(f"by the formula {by_formula:.3f}")
    assert abs(likes[answers].mean() - by_formula) < 0.01
rate, up = 0.2, 0.8
print(f"p is at least {rate * up:.2f} and at most {rate * up + 1 - rate:.2f}")

# %% [markdown]
# From 0.16, where all who kept silent dislike it, to 0.96 (Manski 1989): nothing in the thumbs narrows that, however
# many there are. Half of the visitors, four fifths or nine tenths: each gives the same thumbs. What thumbs *can* say is
# less and still useful. Which of two pictures one person prefers, as in the studio: there she is compared with herself.
# Whether this week's thumbs differ from last week's, if those who answer are of the same sort: that is your monitor of
# thumbs. And a few visitors who are *asked*, all of them, are worth more than many who volunteer.

# %% [markdown]
# ## Into other hands
# `python3 -m course_lib studio` opens the studio as an app, by Voila: a page with the controls and pictures and without
# the code. Each visitor gets a **kernel** of their own (Jupyter's word for a Python process), and all of theirs is in
# it: the seed, the choices, the taste, the gallery. When they are gone, so is it. In one process the same holds for two
# sessions, since nothing of a visitor is kept outside of the session:

# %%
from course_lib.studio.session import LEFT, RIGHT, Session
from course_lib.studio.themes import all_themes

themes = all_themes()  # the networks are shared, and nothing else
anna, ben = (
    Session("garments", seed=5, themes=themes),
    Session("garments", seed=5, themes=themes),
)
same_start = anna.pair() == ben.pair()
for _ in range(20):  # Anna takes the brighter one, Ben the darker one
    anna.choose(max((LEFT, RIGHT), key=lambda side: anna.made(anna.pair()[side]).mean()))
    ben.choose(min((LEFT, RIGHT), key=lambda side: ben.made(ben.pair()[side]).mean()))
anna.keep(LEFT)
print(
    f"the same two at first: {same_start}; after twenty choices: {anna.pair() == ben.pair()}"
)
print(f"Anna's gallery {len(anna.state.gallery)}, Ben's {len(ben.state.gallery)}")
for name, session in {"Anna": anna, "Ben": ben}.items():
    left, right = (session.made(each).mean() for each in session.pair())
    print(f"{name} is shown two of mean grey {left:.2f} and {right:.2f}")

# %% [markdown]
# A kernel is also a danger. JupyterLab is made to run whatever code its user sends, with all rights that the server
# has. That is right on your own machine, and nothing to open for strangers. Voila hides the code, but hiding is no
# lock: what counts is which *messages* a visitor's browser may send to the kernel. Moving a slider is one kind of
# message (`comm_msg`), running code another (`execute_request`), and an app for strangers has to refuse the second, at
# the server and not in the page. The course's app lets through what moves controls, and nothing else. Before you open
# anything, ask:
#
# - Who can reach it? By default nobody but this machine; a class, if you say so; never the whole internet from a
#   laptop.
# - What can a message do at worst? Run code, read files, fill the disk, or only ask for another picture?
# - What does a visitor see when something breaks? One line that helps, and no paths of your machine.
# - What happens to the one who comes when it is full? They are told so, and nobody inside is disturbed.
#
# ### How many it carries
# A visitor looks for $Z$ seconds and then presses; the next pair costs a core $s$ seconds of work. However it is
# arranged, $N$ visitors cannot press more often than once in $Z + s$ seconds each, and $c$ cores cannot answer more
# than $c / s$ a second. So the answers a second, $X$, are
#
# $$ X \le \min\!\left(\frac{N}{Z + s}, \; \frac{c}{s}\right) , $$
#
# and as each goes round in $N / X$ seconds, $Z$ of which are looking, the answer takes $R = N / X - Z$. Beyond
# $N^* = c \, (Z + s) / s$ visitors each one more makes all others wait, by $s / c$.
#
# **Predict first.** $s = 0.3$ seconds, $Z = 5$, two cores: how many visitors before it becomes slow? And with twice as
# many?


# %% role="spoiler"
def simulated(visitors, look=5.0, work=0.3, cores=2, presses=4000, seed=0):
    """Mean seconds to an answer and answers a second; times to look and to work are exponential."""
    rng = np.random.default_rng(seed)
    comes = [(rng.exponential(look), visitor) for visitor in range(visitors)]
    free, waited = [0.0] * cores, []
    while len(waited) < presses:
        comes.sort()
        now, visitor = comes.pop(0)
        core = free.index(min(free))
        free[core] = max(now, free[core]) + rng.exponential(work)
        waited.append(free[core] - now)
        comes.append((free[core] + rng.exponential(look), visitor))
    return np.mean(waited[presses // 10 :]), presses / max(free)


print(f"full at {2 * 5.3 / 0.3:.0f} visitors")
for visitors in (1, 18, 35, 70):
    most = min(visitors / 5.3, 2 / 0.3)
    took, rate = simulated(visitors)
    print(
        f"{visitors:3} visitors: {rate:.2f} answers a second, at most {most:.2f}; an answer takes {took:.2f} s, "
        f"at least {max(0.3, visitors / most - 5):.2f}"
    )
    assert rate < 1.05 * most and took > 0.95 * max(0.3, visitors / most - 5)

# %% [markdown]
# Up to eighteen hardly anybody notices the others. At 35 an answer takes nearly three times as long as alone, and with
# 70 more than five seconds, as the bound says: by then each visitor more costs all others $s / c = 0.15$ s. (The bounds
# hold for means. Those of 4,000 simulated answers scatter by a few per cent, also to the wrong side.) That is why an
# app has a last place, and tells the next one kindly that it is full.
#
# Memory is the harder limit: each visitor's process takes hundreds of megabytes. (A page without a server
# has none of these limits: the visitor brings the processor. It has no taste to learn from either, unless it is written
# in JavaScript, too.)

# %% [markdown]
# ## What we saw
# - Beside, not over; checksums; the pointer last, behind a `sync`. Half a file can be a model that draws, and nobody
#   notices.
# - A page needs a forward pass of forty lines. Halves cost nothing that one sees. Who gets the page, gets the network.
# - Times as percentiles; what is usual is measured, and not taken from a theory whose assumptions fail.
# - A CUSUM is the likelihood ratio with the best beginning, in one number. A threshold buys few false alarms with
#   delay.
# - Plain means of features found each change as soon as the kernel distance or sooner. Each measure is blind to
#   something; a version after half the training none of them found reliably.
# - Keep what draws the picture again, and nothing of the person. Small counts tell on people, also through totals.
#   Thumbs are of those who answer.
# - Each visitor apart, no code from strangers, and a number of visitors that you know beforehand.
#
# ## Quiz
#
# <details><summary>1. A store writes the new weights over the old ones and the checksum first. Half-way, the power
# fails. What does a reader know, and what has it?</summary> It knows that the file is damaged, and it has nothing to go
# back to. The checksum tells; the copy beside it saves. </details>
#
# <details><summary>2. Can a batch norm that stands *before* a transposed convolution with padding "same" be folded into
# it as well, kernel and one bias a channel?</summary> Its factors can, its shift cannot. The shift, spread by the
# kernel, is the sum of the taps that meet in a pixel: others at the edge than in the middle, and with a stride of 2
# others in one pixel than in the next. So the bias would have to depend on the place.</details>
#
# <details><summary>3. Two servers have a 95th percentile of 40 and of 400 ms. What is that of both together?</summary>
# Between the two, and nothing more is known: it depends on how many answers each gave and on all of their times.
# </details>
#
# <details><summary>4. A monitor of batches of 32 has one false alarm in 1,000 batches. Somebody makes it "more
# sensitive" by looking at 10 measures at once, each at that threshold. What is the price?</summary> Up to ten times as
# many false alarms; fewer if the measures move together. The threshold has to be chosen anew.</details>
#
# <details><summary>5. A model draws the same thousand pictures in an endless round. Which of this lesson's measures
# notices?</summary> Hardly any: a batch of 32 of a thousand fair pictures is as good as any other. It takes a measure
# of its own: has this picture been drawn before?</details>
#
# <details><summary>6. Of 30 visitors 29 gave a thumb up, one down, and the export says "30 thumbs, 29 up". Whose secret
# is told?</summary> The one's, to whoever knows how the other 29 answered; and each of these 29 knows at least that it
# was somebody else. A count that differs little from its total tells as a small one does.</details>
#
# ## Where next
# Lesson 20 asks what you owe to others when you put such a thing into the world: whose pictures these were, who may be
# harmed, and what has to be said. To go on here: `python3 -m course_lib publish runs/first --out site` makes a page of
# your own generator; write a measure that notices the endless round of question 5; or let the class break models for
# one another, and see whose monitor finds what.
#
# ## References
# - E. S. Page, *Continuous inspection schemes*, Biometrika 41, 1954. D. Brook, D. A. Evans, *An approach to the
#   probability distribution of CUSUM run length*, Biometrika 59, 1972.
# - G. V. Moustakides, *Optimal stopping times for detecting changes in distributions*, Annals of Statistics 14, 1986.
#   The CUSUM is best in the worst case, for known distributions.
# - H. Hotelling, *The generalization of Student's ratio*, Annals of Mathematical Statistics 2, 1931.
# - S. Rabanser, S. Günnemann, Z. C. Lipton, *Failing loudly: an empirical study of methods for detecting dataset
#   shift*, NeurIPS 2019 (arXiv:1810.11953).
# - T. S. Pillai and others, *All file systems are not created equal: on the complexity of crafting crash-consistent
#   applications*, OSDI 2014. What a crash really leaves.
# - J. Dean, L. A. Barroso, *The tail at scale*, Communications of the ACM 56, 2013. Slow answers among many.
# - M. Mitchell and others, *Model cards for model reporting*, FAT* 2019 (arXiv:1810.03993).
# - L. Sweeney, *k-anonymity: a model for protecting privacy*, International Journal of Uncertainty, Fuzziness and
#   Knowledge-Based Systems 10, 2002.
# - C. F. Manski, *Anatomy of the selection problem*, Journal of Human Resources 24, 1989.
# - E. D. Lazowska and others, *Quantitative system performance*, 1984. Bounds on answers a second.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings: up to the good place to stop with exercises 1 to 3, then the rest. With 50 minutes: the
# studio itself, the half-written file, what a page gives away, breaking the model, the thumbs. Exercises 3 and 5 make
# good homework.
#
# **In class.** One half of the class breaks models in secret, the other half has monitors and must not look at
# pictures. Then they swap. Write on the board what was found, after how many pictures, and every false alarm.
#
# **Files.** The lesson writes `runs/19_studio` beside the notebook: versions, the page, two thumbs. It deletes what an
# earlier run left there.
#
# **The app** needs Voila (`python3 -m course_lib studio` says so where it is missing). The lesson itself does not.
#
# **Usual misconceptions.**
#
# - "The checksum was right, so the model is good." It is the one that was saved.
# - "Our page is free, so our model is safe." Who can look at it has it.
# - "An alarm means that something is wrong." Ask how often there is one while nothing is.
# - "A cleverer distance finds more." See the table.
# - "No names, so it is anonymous." Ask who was in the room.
# - "Voila hides the code, so nobody can run any." Hiding is no lock.
#
# **Ask.**
#
# - "What would your monitor not notice, ever?"
# - "Who would have to be asked, and is not in the file?"
# - "At what number of visitors do you close the door, and what does the sign say?"
