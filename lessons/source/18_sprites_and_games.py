# %% [markdown]
# # 18. Sprites and games
# The art of a small game is a handful of pictures: figures with nothing around them, in a few colours that go together,
# one of them moving, and a map for them to stand on. In this lesson you make all of it, from a GAN that draws the
# kind of thing you ask for to a game of find-the-pairs that anybody can play, in one file, by mouse, by keyboard or by
# ear. Each step is a craft with a number behind it: how often the network obeys, how far eight colours are from all
# of them, how much white is left at an edge, how unlike two maps are. And beside each network stands what does without
# one. It wins more often than one would like.
#
# **You will be able to**
#
# - say what stands behind a judge's word, when he errs himself, and when the correction shows that it may not be used;
# - derive k-means, find eight colours with it, and say in which space "near" is meant and by whose measure it won;
# - cut a figure out of its ground without a halo, and lay a sheet that a browser shows transparent;
# - close a walk so that nothing jumps, also where it has to go along a line;
# - make a map in the manner of a small one, measure how alike and how copied it is, and what such a measure cannot see;
# - publish a game in one file that reads itself aloud, and say how many turns are few.
#
# **Time:** {minutes} minutes, six exercises included. All cells together run in under two minutes; some forty seconds
# of them are a training. **Assumed:** NumPy, linear systems, derivatives, means and standard errors; a conditional GAN
# as in lesson 9 and latents as in lesson 6. What is used of lesson 17 is said again.
#
# **Notation.** A picture $x$ has 32 x 32 pixels of three numbers from -1 to 1. It is of a **kind** $y$, one of eight,
# and a generator $G(z, y)$ draws it from a latent $z$ of 16 numbers. A **sprite** is a picture with $\alpha$, from 0 to
# 1, for each pixel: how much of it is figure. Colours are points with three coordinates, $c$; where a palette is sought
# its colours are $c_k$, and those of the pixels $x_i$. How far two pictures are apart is the root mean square of what
# their pixels differ by, from 0 to 2. A **map** is a table of whole numbers, one for each tile, and $p(u)$ is the share
# of a neighbourhood $u$, a window of 2 x 2 tiles, among all that the map has.

# %% role="setup"
import math

import numpy as np

from course_lib.checks import check

# %% [markdown]
# ## Where we are going
# Eight sprites that a network drew, in eight colours that they share. Below them, one that moves. To the right they
# stand on a map that nobody drew.

# %% fold="Draw eight sprites, let one move, and put them on an island"
import matplotlib.pyplot as plt

from course_lib import CourseError, datasets, device, plots
from course_lib.datasets import sprites, tile_world
from course_lib.media import cutouts, palettes, pairs_game, pictures, sprite_sheet
from course_lib.models import sprites as sprite_gan
from course_lib.models.sampling import generate
from course_lib.scores import sprites as sprite_scores
from course_lib.theory import arc_length, colour_spaces, kmeans, tile_maps

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
plots.use_course_style()
KINDS = sprites.KINDS
generator = sprite_gan.generator()
latents = (
    np.random.default_rng(1).standard_normal((12, sprite_gan.LATENT_SIZE)).astype("float32")
)


def draw(chosen):
    """Of each kind the picture with this number of latent."""
    numbers = np.array([sprites.kind(kind) for kind in chosen], "int32")
    return generate(generator, latents[list(chosen.values())], numbers)


def flattened(images, count=8):
    """Sprites in so many colours that they share, with hard edges: images, alpha, colours."""
    cut = cutouts.cut_out(images)
    colours = palettes.palette(cut.images, count, alpha=cut.alpha)
    hard = (cut.alpha >= 0.5).astype("float32")
    return palettes.apply(cut.images, colours)[1], hard, colours


def labelled_rows(images, columns, rows, title, alt, width=7.0, titles=None):
    """Pictures in rows, each row with its name; titles: of stretches of columns, from left to right."""
    picture = pictures.tile(images, columns)
    figure, axes = plt.subplots(
        figsize=(width, width * picture.shape[0] / picture.shape[1] * 0.9 + 0.4)
    )
    axes.imshow(picture, interpolation="nearest")
    axes.set(title=title, xticks=[])
    axes.set_yticks((np.arange(len(rows)) + 0.5) * picture.shape[0] / len(rows), rows)
    if titles:
        places = (np.arange(len(titles)) + 0.5) * picture.shape[1] / len(titles)
        axes.set_xticks(places, titles)
    axes.tick_params(length=0)
    axes.grid(False)
    plots.show(figure, alt=alt)


def stand_on(ground, images, alpha, places):
    """Sprites laid upon a picture of the ground, their upper left corners at (row, column)."""
    ground = ground.copy()
    for image, opaque, (row, column) in zip(images, alpha[..., None], places, strict=True):
        here = ground[row : row + 32, column : column + 32]
        here[:] = opaque * image + (1 - opaque) * here
    return ground


FIRST_CHOICE = {
    "faces": 2, "people": 4, "animals": 8, "plants": 4, "food": 9, "vehicles": 0, "places": 9, "signs": 0,
}  # fmt: skip
first = draw(FIRST_CHOICE)
first_flat, first_alpha, first_colours = flattened(first)
moving, moving_alpha, _ = flattened(
    sprite_gan.walk_cycle(generator, "people", frames=8, reach=0.3)[1]
)

WATER, GRASS, MOUNTAIN, PATH = (
    tile_world.NAMES.index(name) for name in ("water", "grass", "mountain", "path")
)


def populated(tiles, images, alpha):
    """The map at twice its size, with sprites on meadows of 2 x 2 tiles that are far from each other."""
    world = np.kron(tile_world.render(tiles), np.ones((2, 2, 1)))
    meadow = np.lib.stride_tricks.sliding_window_view(tiles == GRASS, (2, 2)).all(axis=(2, 3))
    spots = np.argwhere(meadow)
    taken = [0]
    while len(taken) < len(images):
        gaps = np.linalg.norm(spots[:, None] - spots[taken], axis=2).min(axis=1)
        taken.append(gaps.argmax())
    return stand_on(world, images, alpha, 2 * tile_world.SIDE * spots[taken])


first_map = tile_maps.make_map(tile_world.example(), (14, 22), seed=16)
GREY, GREEN = (0.75, 0.75, 0.75), (-0.06, 0.38, -0.34)
figure, axes = plt.subplot_mosaic(
    [["sheet", "map"], ["walk", "map"]], figsize=(10, 2.9), width_ratios=(1.5, 1)
)
shown = {
    "sheet": (
        "Eight sprites, eight colours",
        pictures.tile(cutouts.over(first_flat, first_alpha, GREY)),
    ),
    "walk": ("One that moves", pictures.tile(cutouts.over(moving, moving_alpha, GREY))),
    "map": (
        "A map, and who lives there",
        pictures.to_uint8(populated(first_map, first_flat, first_alpha)),
    ),
}
for name, (title, picture) in shown.items():
    axes[name].imshow(picture, interpolation="nearest")
    axes[name].set_title(title)
    axes[name].set_axis_off()
plots.show(
    figure,
    alt="Left, eight small pictures in a row on grey, in a few flat colours: a face in tears, a person, a green "
    "animal, a tomato, an orange, a red bus, a brown hut and a pink sign; below, a head eight times, "
    "which turns a little. Right, the eight pictures stand on a map of water, sand, grass, forest, mountains and "
    "a path.",
)

# %% [markdown]
# They are no masterpieces: the network is small, and it saw few pictures. But they are yours to use, and the file is
# small, too.
#
# **Predict first.** Eight sprites of 32 x 32 pixels are 24,576 numbers, a byte each. How large is the file of their
# sheet, in eight colours: about 25,000 bytes, 12,000 or 2,000? And the whole game, with pictures, rules and all that
# it says to those who cannot see them: 20 kB, 200 kB or 2 MB?

# %% role="spoiler"
soft = cutouts.cut_out(first)
WORDS = [
    "crying face",
    "person",
    "green animal",
    "tomato",
    "orange",
    "red bus",
    "hut",
    "pink sign",
]


def with_alpha(images, alpha):
    """As uint8 (n, h, w, 4), red, green, blue and how opaque."""
    opacity = np.rint(255 * alpha)[..., None].astype("uint8")
    return np.concatenate([pictures.to_uint8(images), opacity], axis=-1)


sizes = {
    "all colours, white ground": sprite_sheet.lay_out(first),
    "all colours, transparent, soft edges": sprite_sheet.lay_out(*soft),
    "eight colours, transparent": sprite_sheet.lay_out(first_flat, first_alpha),
}
for name, sheet in sizes.items():
    print(f"{name:38} {len(sheet.png()):7,} bytes")
page = pairs_game.page(with_alpha(first_flat, first_alpha), WORDS)
print(f"{'the game, one page':38} {len(page.encode()):7,} bytes")

# %% [markdown]
# Under 2,000 bytes for the sheet, and less than 20 kB for the game. In all colours, the sheet alone is eight times as
# large. But first, somebody has to draw.
#
# ## Asking for a kind
# The course's emoji have groups. Eight **kinds** of them make sense to a person: faces, people, animals, plants, food,
# vehicles, places and signs. They are 717 pictures; every tenth is held out, and 646 teach. The network is the
# conditional GAN of lesson 9, with the three things that were learned there. The discriminator is told the kind by
# *projection*. It sees batches of four groups, each of eight pictures of *one* kind, so that its minibatch deviation
# says something about variety within a kind. And as 646 pictures are few, all that it sees, real and drawn, is
# *augmented*, a little lighter or darker and shifted.
#
# Who says whether it obeys? A **judge** who is no network and has seen no drawn picture: kernel ridge regression on
# edges, colours and the picture made small, fitted to the 646 training emoji, each as it is and twice *jittered*:
# moved by up to two pixels, mirrored or not, the hues turned a little.
#
# **Predict first.** We train for 1,000 steps, some forty processor seconds. By guessing, one picture in eight would be
# of the kind asked for. How many of a hundred will the judge name as asked at the end: about 30, 60 or 90? Which two
# kinds will be obeyed early, and which two late?

# %% role="spoiler"
import time

train, held_out = sprites.load("train"), sprites.load("held_out")
gan = sprite_gan.new_gan(seed=0)
asked = np.repeat(np.arange(8), 32)
started, moments = time.process_time(), {}
print("steps   as asked   variety   " + "".join(f"{kind:>9}" for kind in KINDS))
for steps in (100, 400, 1000):
    sprite_gan.train_on(gan, train.images, train.labels, steps, seed=0)
    drawn = gan.sample(len(asked), labels=asked, seed=1)
    moments[steps] = drawn
    right = (sprite_scores.read_kinds(drawn) == asked).reshape(8, 32).mean(axis=1)
    print(
        f"{steps:5} {right.mean():10.2f} {sprite_scores.variety(drawn, asked):9.2f}   "
        + "".join(f"{share:9.2f}" for share in right)
    )
print(f"{time.process_time() - started:.0f} processor seconds")

# %% fold="Show what it drew at these three moments"
shown = [drawn.reshape(8, 32, 32, 32, 3)[:, :3] for drawn in moments.values()]
labelled_rows(
    np.concatenate(shown, axis=1).reshape(-1, 32, 32, 3),
    columns=9,
    rows=KINDS,
    title="Asked for each kind, with the same three latents",
    titles=[f"{steps} steps" for steps in moments],
    width=4.6,
    alt="Eight rows, one for each kind, of three pictures after 100, 400 and 1,000 steps. First coloured smears, "
    "then smears of different shape and colour, at the end round yellow faces, heads with hair, squares with "
    "white marks; animals and food are blots.",
)

# %% [markdown]
# About sixty. Faces, people, vehicles and places come early: they have a shape in common. Plants, animals and food come
# late, since there is no such thing as the shape of an animal, and signs, whose plain squares would seem the easiest,
# take their time as well. (After 100 steps the judge calls two of three pictures places, whatever was asked. So the
# 0.81 for places in that row is his habit and no merit of the network's.)
#
# Trained longer, it gains less and less. The same GAN after 12,000 steps is in the repository (`data/make_sprites.py`,
# seven processor minutes); it drew the sprites at the top, and we use it from here on. Its report says what it was
# worth on the way. The baseline without a network takes real emoji of the training set and jitters them anew. *Copied*
# is the share of pictures that lie nearer to one of the training than 95 of 100 held-out emoji do, tried at all such
# shifts; *nearest* is how far a picture lies, on average, from the training emoji most like it.
#
# **Predict first.** Four measures: obedience, variety within a kind, the kernel distance from held-out emoji, and
# copying. At which of them does the network beat the jittered emoji?

# %% role="spoiler"
report = sprite_gan.report()
print("                        as asked   variety   nearest   copied")
rows = {f"{moment['steps']:,} steps": moment for moment in report["moments"]}
rows |= {"jittered real emoji": report["baselines"]["jittered"]}
rows |= {"held-out real emoji": report["baselines"]["held_out"]}
for name, found in rows.items():
    print(
        f"{name:22} {found['obedience']:9.2f} {found['variety']:9.2f} {found['nearest']:9.2f} {found['copied']:8.2f}"
    )
random = np.random.default_rng(0)
distances = {"drawn": [], "jittered": []}
for draw_number in range(4):
    z = random.standard_normal((256, sprite_gan.LATENT_SIZE)).astype("float32")
    some = np.concatenate(
        [random.choice(np.flatnonzero(train.labels == kind), 32) for kind in range(8)]
    )
    distances["drawn"].append(
        sprite_scores.realness(generate(generator, z, asked.astype("int32")))
    )
    distances["jittered"].append(
        sprite_scores.realness(sprites.jittered(train.images[some], draw_number))
    )
for name, found in distances.items():
    print(f"kernel distance of {name:9}" + "".join(f"{each:8.3f}" for each in found))

# %% [markdown]
# At copying, and for sure at nothing else. Jittered emoji are named as asked more often, 0.93 against 0.85 (which is
# partly flattery: he was fitted to these very emoji, and knows 0.82 of those that he has not seen). They vary more,
# 0.66 against 0.57. (Real ones have 0.61: the network varies too little, and turned hues are more colourful than
# life.) The kernel distance decides nothing. That of the network is a little smaller here, where both draw as many of
# each kind, but from only 71 held-out emoji it has an error of 0.03. And every drawn picture is *smudged*, which none
# of these numbers says and everybody sees.
#
# So if you need sprites tomorrow, take real emoji, which their licence permits, and jitter them. What is the network
# good for all the same? By this measure none of its pictures is a copy; of the jittered ones four in five are. There
# are as many as you like. And between any two of them there are others, so that a sprite can *move* (below); between
# 646 pictures there is nothing.

# %% fold="Show drawn and jittered emoji, each above the nearest real one"
jittered = sprites.jittered(train.images[[60, 140, 230, 330, 400, 470, 520, 600]], 1)
both = np.concatenate([first, jittered])
places, far = sprite_scores.nearest(both)
figure = plots.image_grid(
    np.concatenate([first, train.images[places[:8]], jittered, train.images[places[8:]]]),
    columns=8,
    captions=["drawn"] * 8
    + [f"at {each:.2f}" for each in far[:8]]
    + ["jittered"] * 8
    + [f"at {each:.2f}" for each in far[8:]],
    image_size=0.8,
)
plots.show(
    figure,
    alt="Four rows of eight. The drawn sprites; below each the nearest training emoji, of like colour and outline "
    "and mostly another thing. Eight jittered emoji; below each the emoji that it was made of.",
)

# %% [markdown]
# ### The judge, judged
# There is something odd in the table. The judge names 0.85 of the drawn pictures as asked, and of *real* ones, which he
# has not seen either, 0.82. Does the network draw emoji that are more emoji than emoji? He errs, and we know how
# often. So one should be able to say what stands behind his word.

# %% [markdown]
# ## Exercise 1: what stands behind a judge's word
# A judge says of what kind a picture is, and errs. How he errs was counted on real pictures: `confusion[i, j]` of
# them were of kind $i$ and called $j$ by him. A network was then asked for pictures of the kind `asked`, and he called
# `said[j]` of them $j$. Which share of them obeys, *is* of that kind?
#
# Assume that he errs on a generated picture of kind $i$ as he does on a real one. (That is the thing which no count
# here can tell.) Derive: give each picture that he calls $j$ a **weight** $w_j$. Choose the weights so that a picture
# of kind $i$ has, on average over his errors, the weight 1 if $i$ is `asked` and 0 if it is any other kind. Then the
# mean weight of all generated pictures is, but for chance, the share you want, however the other kinds are mixed.
#
# `obeying(confusion, said, asked)` gets whole numbers, $(k, k)$ and $(k,)$, and the number of a kind. It returns
#
# - the share: this mean, cut off to lie from 0 to 1;
# - its standard error: the standard deviation of the weights of the $n$ generated pictures around their own mean
#   (divide by $n$), over $\sqrt n$. `confusion` is taken to be exact here.


# %% role="exercise" grade_id="obeying"
# Exercise 1
def obeying(confusion, said, asked):
    """(share of the pictures that are of the kind asked for, its standard error), from a judge's words (see above)."""
    ### BEGIN SOLUTION
    rates = confusion / confusion.sum(axis=1, keepdims=True)  # a true kind is called so and so
    weights = np.linalg.solve(rates, np.eye(len(rates))[asked])
    n = said.sum()
    share = said @ weights / n
    spread = math.sqrt(said @ (weights - share) ** 2 / n)
    return min(1.0, max(0.0, share)), spread / math.sqrt(n)
    ### END SOLUTION


# %% role="check" grade_id="obeying"
def rates_by_rows(confusion):
    return confusion / confusion.sum(axis=1, keepdims=True)


def rates_by_columns(confusion):
    return confusion / confusion.sum(axis=0, keepdims=True)


def right_weights(confusion, asked):
    """The row of the inverse that gives back the share of the kind asked for."""
    return np.linalg.inv(rates_by_rows(confusion).T)[asked]


def two_kinds(confusion, asked):
    """Weights if all other kinds were one."""
    other = np.arange(len(confusion)) != asked
    hit = confusion[asked, asked] / confusion[asked].sum()
    false = confusion[other, asked].sum() / confusion[other].sum()
    return (np.where(other, 0, 1) - false) / (hit - false)


def judged_with(weights=right_weights, share=None, error=None, cut=(0.0, 1.0)):
    """Share and error, with faults. share, error: of the weights, the counts said and the kind."""

    def judged(confusion, said, asked):
        w, n = weights(confusion, asked), said.sum()
        found = share(confusion, said, asked) if share else said @ w / n
        inside = min(cut[1], max(cut[0], found))
        if error:
            return inside, error(w, said, inside, asked)
        return inside, math.sqrt((said @ w**2 / n - (said @ w / n) ** 2) / n)

    return judged


def all_cut(confusion, said, asked):
    shares = np.linalg.solve(rates_by_rows(confusion).T, said / said.sum()).clip(0)
    return shares[asked] / shares.sum()


def only_asked(confusion, asked):
    return np.eye(len(confusion))[asked]


# rows of different sums; in the second a kind that he never says; in the third more than all obey
judge_cases = [
    (np.array([[40, 10], [6, 24]]), np.array([90, 60]), 0),
    (
        np.array([[50, 6, 4, 10], [8, 64, 4, 4], [2, 10, 25, 3], [4, 1, 5, 90]]),
        np.array([80, 30, 90, 0]),
        2,
    ),
    (np.array([[30, 8, 2], [12, 60, 18], [3, 2, 45]]), np.array([8, 186, 6]), 1),
    (np.array([[30, 8, 2], [12, 60, 18], [9, 2, 39]]), np.array([150, 14, 136]), 1),
    (
        np.array([[50, 6, 4, 10], [8, 64, 4, 4], [2, 10, 25, 3], [4, 1, 5, 90]]),
        np.array([230, 66, 40, 64]),
        0,
    ),
]
share_is_right = "The share is right. "
checked_obeying = check(
    1,
    "obeying",
    cases=[(case, judged_with()(*case)) for case in judge_cases],
    mistakes={
        "This believes the judge. He misses some that obey, and takes some for it that do not.": judged_with(
            only_asked
        ),
        "He also calls pictures of OTHER kinds so. Dividing by how often he finds the right ones leaves these "
        "in.": judged_with(
            lambda confusion, asked: (
                only_asked(confusion, asked) / rates_by_rows(confusion)[asked, asked]
            )
        ),
        "This takes 'of those that he calls j, so many are of the kind asked for' from the real pictures. It holds if "
        "the kinds are mixed as they were there, and how they are mixed here is the question. What stays the same is "
        "how he calls a given TRUE kind: shares of each row.": judged_with(
            lambda confusion, asked: rates_by_columns(confusion)[asked]
        ),
        "This takes 'of those that he calls j, so many are of the kind asked for' as if there were equally many of "
        "each kind. How the kinds are mixed here is the question. A condition for each true kind.": judged_with(
            lambda confusion, asked: (
                rates_by_rows(confusion)[asked] / rates_by_rows(confusion).sum(axis=0)
            )
        ),
        "All other kinds are taken together, mixed as among the real pictures. He may take some kinds for the one "
        "asked for more often than others: a condition for EACH true kind.": judged_with(
            two_kinds
        ),
        "The mean weight is one over his words, for each TRUE kind: sum_j rates[i, j] w_j. Here the matrix is "
        "transposed.": judged_with(
            lambda confusion, asked: np.linalg.inv(rates_by_rows(confusion))[asked]
        ),
        "In each ROW of `confusion` the kind is known, and its shares sum to 1. Here each column's do.": judged_with(
            lambda confusion, asked: np.linalg.inv(rates_by_columns(confusion).T)[asked]
        ),
        "In each ROW of `confusion` the kind is known, and its shares sum to 1. Here each column's do, and the matrix "
        "is transposed.": judged_with(
            lambda confusion, asked: np.linalg.inv(rates_by_columns(confusion))[asked]
        ),
        "Each row of `confusion` over its OWN sum: here all are over one, and kinds of which there were more real "
        "pictures weigh more.": judged_with(
            lambda confusion, asked: np.linalg.inv(confusion.T / confusion.sum(axis=1).mean())[
                asked
            ]
        ),
        "Each row of `confusion` over its OWN sum: here all are over the number of all pictures.": judged_with(
            lambda confusion, asked: np.linalg.inv(confusion.T / confusion.sum())[asked]
        ),
        "The share is right where it lies from 0 to 1. Sampling may drive the mean weight out, and a share is never "
        "there: cut it off.": judged_with(cut=(-math.inf, math.inf)),
        "Sampling may drive the mean weight above 1, too: cut it off there.": judged_with(
            cut=(0.0, math.inf)
        ),
        "Sampling may drive the mean weight below 0, too: cut it off there.": judged_with(
            cut=(-math.inf, 1.0)
        ),
        "All shares are cut off at 0 and then made to sum to 1. That moves the share asked for, even where it lies "
        "from 0 to 1: leave it alone there.": judged_with(share=all_cut),
        share_is_right
        + "The error is that of what the judge SAID; the weights, some above 1 and some below 0, make it "
        "larger.": judged_with(
            error=lambda w, said, share, asked: math.sqrt(
                said[asked] * (said.sum() - said[asked]) / said.sum() ** 3
            )
        ),
        share_is_right
        + "The error is that of a share seen without a judge; his errors make it larger. Take the spread of the "
        "weights.": judged_with(
            error=lambda w, said, share, asked: math.sqrt(share * (1 - share) / said.sum())
        ),
        share_is_right + "The error is for one picture: over the root of n.": judged_with(
            error=lambda w, said, share, asked: np.std(np.repeat(w, said))
        ),
        share_is_right + "This is the SQUARE of the error.": judged_with(
            error=lambda w, said, share, asked: np.var(np.repeat(w, said)) / said.sum()
        ),
        share_is_right
        + "The error is that of weights around 0, not around their own mean.": judged_with(
            error=lambda w, said, share, asked: math.sqrt(said @ w**2) / said.sum()
        ),
        share_is_right
        + "The error is right where nothing was cut off: the weights spread around their own mean, not around the "
        "share that was cut off.": judged_with(
            error=lambda w, said, share, asked: math.sqrt(said @ (w - share) ** 2) / said.sum()
        ),
        share_is_right
        + "In the spread each of his words counts once, not as often as he said it.": judged_with(
            error=lambda w, said, share, asked: np.std(w) / math.sqrt(said.sum())
        ),
        share_is_right + "The spread is divided by n here, not by n - 1.": judged_with(
            error=lambda w, said, share, asked: (
                np.std(np.repeat(w, said), ddof=1) / math.sqrt(said.sum())
            )
        ),
        share_is_right + "Where it is cut off, the error stays what it is.": judged_with(
            error=lambda w, said, share, asked: (
                np.std(np.repeat(w, said)) / math.sqrt(said.sum()) * (0 < share < 1)
            )
        ),
    },
    hint="One condition for each true kind i: the sum over j of (how often he calls it j) times w_j is 1 or 0. So many "
    "equations as weights.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="obeying" points=2
for case in range(4):
    k = (4, 5, 3, 4)[case]
    asked = int(random.integers(0, k))
    other = np.arange(k) != asked
    # real pictures, of each kind another number; he finds 55 to 80 of a hundred, and errs unevenly
    confusion = random.integers(2, 9, size=(k, k)) * random.integers(1, 4, size=(k, 1))
    confusion[np.flatnonzero(other)[0], asked] *= 4  # one kind is taken for the one asked for
    confusion += np.diag(confusion.sum(axis=1) * 3 // 2 + random.integers(5, 30, size=k))
    rates = confusion / confusion.sum(axis=1, keepdims=True)
    mix = np.where(other, random.uniform(0.5, 1.5, size=k), 0)
    share = float(random.uniform(0.5, 0.8))
    mix = share * ~other + (1 - share) * mix / mix.sum()
    said = np.rint(300 * mix @ rates).astype(int) + random.integers(0, 12, size=k)
    if case == 1:  # a word that he never says: the share of a kind comes out below 0
        said[np.flatnonzero(other)[-1]] = 0
    if case == 2:  # more than all obey
        said = np.where(other, random.integers(1, 5, size=k), 200)
    if case == 3:  # fewer than none: his word is given to others only
        said[asked] = 0
    share, error = obeying(confusion, said, asked)
    publish(**{f"share_{case}": share, f"error_{case}": error})

# %% [markdown]
# Now with your function. How the judge errs we can count twice: on the 71 held-out emoji, or on the training emoji,
# jittered anew. The network is asked for 128 pictures of each kind.
#
# **Predict first.** Once his errors on held-out emoji are taken into account, does the network's obedience come out
# higher or lower than his word? Is there a kind for which it comes out above 1, before it is cut off?


# %% role="spoiler"
def counted(labels, images):
    """How many pictures of each kind (row) the judge calls what (column)."""
    table = np.zeros((8, 8), int)
    np.add.at(table, (labels, sprite_scores.read_kinds(images)), 1)
    return table


wanted = np.repeat(np.arange(8), 128)
z = (
    np.random.default_rng(3)
    .standard_normal((len(wanted), sprite_gan.LATENT_SIZE))
    .astype("float32")
)
judged = counted(wanted, generate(generator, z, wanted.astype("int32")))
errs = {
    "held-out emoji": counted(held_out.labels, held_out.images),
    "training emoji, jittered": counted(train.labels, sprites.jittered(train.images, 7)),
}
print("            his word   of real ones he finds    corrected by his errors on ...")
print(f"{'':36}" + "".join(f"{name:>27}" for name in errs))
obey = {name: [] for name in errs}
for kind, name in enumerate(KINDS):
    line = f"{name:10} {judged[kind, kind] / 128:9.2f} "
    line += "".join(f"{table[kind, kind] / table[kind].sum():8.2f}" for table in errs.values())
    for by, table in errs.items():
        share, error = checked_obeying(table, judged[kind], kind)
        obey[by].append(share)
        line += f"{share:20.2f} ± {error:.2f}"
    print(line)
print(
    f"{'all':10} {np.trace(judged) / judged.sum():9.2f}"
    + "".join(
        f"{np.mean(shares):{n}.2f}" for shares, n in zip(obey.values(), (36, 27), strict=True)
    )
)

# %% [markdown]
# Higher, by held-out emoji so high that several kinds are cut off at 1. Look at plants: he finds three of seven real
# ones, and calls seven in ten of the drawn ones so. With such errors *no* share of plants explains that, not even all
# of them. A correction that wants more than 1 does not say "they all obey"; it says that something which it assumes is
# not so. It assumes two things. One is that his errors are known exactly: but of seven emoji, chance alone moves his
# 0.43 by 0.19, and the errors that the table prints leave this out. The other is that on drawn pictures he errs as on
# real ones he has not seen, and why should he? Judge and network learned from the same 646 emoji. The network draws
# what is typical of them, and he is asked what he was taught.
#
# Counted on the training emoji, jittered, he errs little, the correction is mild, and it makes 0.89 of 0.85. That may
# be nearer to the truth, or too mild, as drawn pictures are smudged. Between the two no count decides; somebody has to
# look. (Two people, eighty pictures, a quarter of an hour: cheap, for a number that hangs on it.)
#
# ### Your choice
# Twelve latents, eight kinds: choose one picture of each. Put your numbers in, and everything below is made of your
# sprites. (The words are what the game will say, so change them, too.)

# %%
offered = np.concatenate(
    [generate(generator, latents, np.full(12, kind, "int32")) for kind in range(8)]
)
labelled_rows(
    offered,
    columns=12,
    rows=KINDS,
    titles=[str(number) for number in range(12)],
    title="Choose one of each row",
    width=6,
    alt="Eight rows of twelve drawn pictures, numbered from 0 to 11: faces, people, animals, plants, food, "
    "vehicles, places and signs. A column has about the same colours in all rows.",
)
MY_CHOICE = dict(FIRST_CHOICE)  # for instance FIRST_CHOICE | {"plants": 2, "vehicles": 9}
MY_WORDS = list(WORDS)
chosen = draw(MY_CHOICE)

# %% [markdown]
# ## Eight colours
# A sheet in few colours is small, hangs together, and can be recoloured at one blow, because each pixel is a *number*
# and the colours stand in a table, the **palette**. Which eight colours? Let colour $x_i$ be that of $w_i$ pixels and
# let it go to the palette's colour number $k(i)$. What is lost is the **inertia**
#
# $$ J = \sum_i w_i \, \big| x_i - c_{k(i)} \big|^2 . $$
#
# There are $8^n$ ways to deal out $n$ colours, too many to try, so k-means does two things by turns (Lloyd 1982). With
# the palette held fixed, each colour goes to the **nearest** of the eight: no other way makes its term smaller. With
# the dealing held fixed, each $c$ should lie where its own pixels' sum is smallest. Let $W$ be their number and $m$
# their mean. Write $x_i - c = (x_i - m) + (m - c)$ and multiply out. The mixed term holds $\sum w_i (x_i - m) = 0$, and
# what is left is
#
# $$ \sum_i w_i |x_i - c|^2 = \sum_i w_i |x_i - m|^2 + W \, |m - c|^2 . $$
#
# So the **mean** is best, and to go there saves exactly $W |m - c|^2$. Neither half ever makes $J$ larger, and as long
# as it falls no dealing can come back; there are finitely many, so it ends. It ends where *these two steps* find
# nothing better, and that need not be the best palette.

# %% tags=["nbval-check-output"]
random = np.random.default_rng(0)
x, w, c = random.normal(size=(40, 3)), random.integers(1, 9, size=40), random.normal(size=3)
m = w @ x / w.sum()
left = w @ np.square(x - c).sum(axis=1)
right = w @ np.square(x - m).sum(axis=1) + w.sum() * np.square(m - c).sum()
print(
    f"by the definition {left:.6f}, by the two parts {right:.6f}; at the mean {w @ np.square(x - m).sum(axis=1):.6f}"
)
assert np.isclose(left, right)

# %% [markdown]
# ## Exercise 2: k-means for colours that are counted
# A picture has few different colours, many pixels of each: `colours` $(n, d)$, each once, and `counts` $(n,)$, how
# many pixels have it; 0 if none has. `centres` $(k, d)$ are the colours of a palette. The **inertia** is the sum of
# squared distances of all *pixels* to the centre that each belongs to.
#
# One step of k-means has two halves. First each colour goes to its nearest centre; of two that are equally near, to
# the one with the lower number. Then each centre moves to where the inertia is smallest while every pixel stays with
# it: set a derivative to 0. A centre that has no pixel stays where it is.
#
# `palette_step(colours, counts, centres)` returns three things: the new centres $(k, d)$; the inertia *before* the
# centres move, with every pixel at the nearest of the old ones; the inertia *after* they have moved, with every
# pixel still with its centre. Which of the two can be larger?


# %% role="exercise" grade_id="palette_step"
# Exercise 2
def palette_step(colours, counts, centres):
    """(new centres (k, d), inertia before they move, inertia after) of colours (n, d) with counts (n,)."""
    ### BEGIN SOLUTION
    far = np.sum((colours[:, None] - centres[None]) ** 2, axis=2)  # (n, k)
    mine = far.argmin(axis=1)[:, None] == np.arange(len(centres))  # the first of equals
    pixels = counts[:, None] * mine
    number = pixels.sum(axis=0)[:, None]
    means = np.where(number > 0, pixels.T @ colours / np.maximum(number, 1), centres)
    after = np.sum((colours[:, None] - means[None]) ** 2, axis=2)
    return means, np.sum(pixels * far), np.sum(pixels * after)
    ### END SOLUTION


# %% role="check" grade_id="palette_step"
def nearest_of(colour, centres, last=False, far=lambda gap: sum(g * g for g in gap)):
    distances = [far(colour - centre) for centre in centres]
    return np.flatnonzero(distances == np.nanmin(distances))[-1 if last else 0]


def mean_of(members, centre):
    number = sum(count for _, count in members)
    return sum(count * colour for colour, count in members) / number if number else centre


def members_counted_once(members, centre):
    return sum(colour for colour, _ in members) / len(members) if members else centre


def step_with(
    mean=mean_of,
    of_inertia=lambda count: count,
    square=lambda gap: sum(g * g for g in gap),
    before="before",
    after="after",
    whole=sum,
    **nearest,
):
    """New centres and both inertias, colour by colour, with faults."""

    def step(colours, counts, centres):
        numbers = [nearest_of(colour, centres, **nearest) for colour in colours]
        members = [[] for _ in centres]
        for colour, count, k in zip(colours, counts, numbers, strict=True):
            members[k].append((colour, count))
        moved = np.array([mean(*each) for each in zip(members, centres, strict=True)])
        again = [nearest_of(colour, moved) for colour in colours]

        def inertia(places, labels):
            return whole(
                [
                    of_inertia(count) * square(colour - places[j])
                    for colour, count, j in zip(colours, counts, labels, strict=True)
                ]
            )

        values = {
            "before": inertia(centres, numbers),
            "after": inertia(moved, numbers),
            "again": inertia(moved, again),
            "old centres": inertia(centres, again),
        }
        return moved, values[before], values[after]

    return step


def empty_at(value):
    """A centre without pixels goes there."""

    def mean(members, centre):
        pixels = sum(count for _, count in members)
        return mean_of(members, centre) if pixels else np.full(len(centre), value)

    return mean


def over_all(members, centre):
    """Of counted colours, over the number of colours."""
    if not sum(count for _, count in members):
        return centre
    return sum(count * colour for colour, count in members) / len(members)


def middle_of(members, centre):
    pixels = [colour for colour, count in members for _ in range(count)]
    return np.median(pixels, axis=0) if pixels else centre


def unused_move(members, centre):
    pixels = sum(count for _, count in members)
    return mean_of(members, centre) if pixels else members_counted_once(members, centre)


def empty_left_out(colours, counts, centres):
    moved, before, after = step_with()(colours, counts, centres)
    used = {
        nearest_of(colour, centres)
        for colour, count in zip(colours, counts, strict=True)
        if count
    }
    return moved[sorted(used)], before, after


# exact numbers: a colour between two centres; a centre without a colour; one whose colours no pixel has
line = np.array([[0.0], [1], [4], [10], [11], [16], [40], [42]])
line_counts = np.array([3, 1, 6, 2, 5, 1, 0, 0])
plane = np.array(
    [[0.0, 0], [2, 1], [4, 0], [7, 1], [9, 9], [8, 6], [30, 31], [33, 30], [3, 2]]
)
palette_cases = [
    (line[:5], np.array([3, 1, 6, 2, 5]), np.array([[2.0], [9.0]])),
    (line, line_counts, np.array([[0.0], [8.0], [20.0], [38.0], [90.0]])),
    (
        plane,
        np.array([4, 2, 8, 1, 3, 5, 0, 0, 7]),
        np.array([[8.0, 0], [-20, -20], [0, 0], [10, 8], [31, 34]]),
    ),
    # ways of measuring disagree about the first colour and the last, old and new centres about the second
    (
        np.array([[5.0, 0], [4, 1], [-6, 0], [8, 3], [6, 2], [3.5, 3.5]]),
        np.array([2, 1, 9, 3, 8, 2]),
        np.array([[0.0, 0], [8, 3]]),
    ),
]
checked_palette_step = check(
    2,
    "palette_step",
    cases=[(case, step_with()(*case)) for case in palette_cases],
    mistakes={
        "Each colour counts once, in the centres and in the inertia. A colour of a thousand pixels has a thousand "
        "says.": step_with(members_counted_once, lambda count: 1),
        "The inertias count pixels, the centres do not: a centre is the mean of its PIXELS.": step_with(
            members_counted_once
        ),
        "The centres count pixels, the inertias do not: they are sums over all PIXELS.": step_with(
            of_inertia=lambda count: 1
        ),
        "Colours times counts have to be divided by the number of PIXELS, not of colours.": step_with(
            over_all
        ),
        "A centre without pixels stays where it is; here it goes to 0.": step_with(
            empty_at(0.0)
        ),
        "A centre without pixels stays where it is; here it is 0 / 0.": step_with(
            empty_at(np.nan)
        ),
        "A centre without pixels stays in the palette, where it was: (k, d).": empty_left_out,
        "A colour that no pixel has draws no centre: one with such colours alone stays where it is.": step_with(
            unused_move
        ),
        "Of two centres that are equally near, the LOWER number gets the colour.": step_with(
            last=True
        ),
        "The inertia has SQUARED distances.": step_with(
            square=lambda gap: math.sqrt(sum(g * g for g in gap))
        ),
        "The nearest centre is the one at the smallest straight distance, not at the smallest sum of absolute "
        "differences.": step_with(far=lambda gap: sum(abs(gap))),
        "The nearest centre is the one at the smallest straight distance; here the largest difference in any one "
        "channel decides.": step_with(far=lambda gap: max(abs(gap))),
        "The median makes a sum of absolute differences smallest. For a sum of squares set the derivative to 0: the "
        "mean.": step_with(middle_of),
        "In the last value pixels have gone to the nearest of the NEW centres. That is the next step's first half: let "
        "them stay.": step_with(after="again"),
        "The inertia before the move is that of the old centres; here both are of the new ones.": step_with(
            before="after"
        ),
        "The two inertias are exchanged: the one before the centres move comes first.": step_with(
            before="after", after="before"
        ),
        "The pixels of the first inertia are with the OLD centres, the nearest of these.": step_with(
            before="old centres"
        ),
        "These are inertias a colour; the sums are asked.": step_with(whole=np.mean),
        "The distances are squared and then averaged over the channels; they should be summed.": step_with(
            square=lambda gap: np.mean(gap**2)
        ),
        "Half a square is handy for derivatives, but the inertia has whole ones.": step_with(
            square=lambda gap: np.sum(gap**2) / 2
        ),
    },
    hint="A table of squared distances, (n, k). Its smallest place in each row says whose the colour is; sums with "
    "counts do the rest. Mind the centres for which the counts sum to 0.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="palette_step" points=2
for case in range(3):
    d = (1, 3, 3)[case]
    # two centres with a colour just between them, and some near each and beyond; one alone; one whose colours no pixel
    # has, one without any; then in any order
    side = random.integers(4, 9, size=d)
    corners = 100 * np.arange(1, 5)[:, None] * np.ones(d, int)
    centres = np.concatenate([corners[:1] - side, corners[:1] + side, corners[1:]])
    near = random.integers(-3, 4, size=(3, 6, d)) + centres[:3, None]
    beyond = corners[0] + np.array([[-4], [4]]) * side
    unused = random.integers(1, 9, size=(3, d)) + centres[3]
    colours = np.concatenate([corners[:1], beyond, *near, unused]).astype(float)
    counts = random.integers(1, 30, size=len(colours))
    counts[:3] = random.integers((700, 150, 150), (900, 300, 300))  # pixels will change sides
    counts[-3:] = 0
    if case == 1:
        # two colours between two centres that will move away; they are dealt out before any does
        centres = np.concatenate([centres, [[900, 900, 900], [920, 900, 900]]])
        further = 900 + np.array([[-10], [9], [11], [30]]) * [1, 0, 0]
        colours = np.concatenate([colours, further])
        counts = np.concatenate([counts, random.integers((80, 4, 4, 80), (99, 9, 9, 99))])
    if case == 2:
        # two nearer by straight distance, farther by the sum or by the largest of the differences
        centres = np.concatenate([centres, [[900, 900, 900], [908, 906, 905]]])
        further = [[911, 900, 900], [903.8, 903.8, 903.8], [900, 901, 899], [909, 906, 904]]
        colours = np.concatenate([colours, further])
        counts = np.concatenate([counts, random.integers(5, 30, size=4)])
    order, rows = random.permutation(len(centres)), random.permutation(len(colours))
    moved, before, after = palette_step(
        colours[rows], counts[rows], centres[order].astype(float)
    )
    publish(**{f"centres_{case}": moved, f"before_{case}": before, f"after_{case}": after})

# %% [markdown]
# Eight sprites, all of their pixels that are figure, from the same start: your step again and again, and the library's
# `kmeans.lloyd`, which the course's tests hold, step by step, against SciPy's and scikit-learn's. (The two differ only
# in what becomes of a centre without pixels, and here none is.)

# %%
cut = cutouts.cut_out(chosen)
figure_pixels = pictures.to_uint8(cut.images[cut.alpha >= 0.5])
colours, counts = np.unique(figure_pixels, axis=0, return_counts=True)
points = colour_spaces.to_lab(colours / 127.5 - 1)  # what that is comes below
start = kmeans.plus_plus(points, 8, seed=0, weights=counts)
centres, inertias = start, []
while len(inertias) < 2 or inertias[-1] < inertias[-2]:
    centres, before, _ = checked_palette_step(points, counts, centres)
    inertias.append(before)
found = kmeans.lloyd(points, start, counts)
print(
    f"{len(figure_pixels):,} pixels of {len(colours):,} colours; {len(inertias) - 1} steps until nothing changed"
)
print(
    "inertia a pixel:", " ".join(f"{each / counts.sum():.0f}" for each in inertias[:12]), "..."
)
print(f"at the end {inertias[-1]:,.3f}, by the library {found.inertias[-1]:,.3f}")
assert np.allclose(centres, found.centres) and np.isclose(inertias[-1], found.inertias[-1])

# %% [markdown]
# **Predict first.** Twenty starts drawn by lot from the pixels, and twenty by *k-means++*, which draws each colour of
# the start by its squared distance from those that it has (Arthur and Vassilvitskii 2007). Do all end alike? How much
# worse is the worst end than the best: 2 %, 20 % or twice as bad? Which way of starting is better?

# %% role="spoiler"
random = np.random.default_rng(0)
starts = {
    "by lot": [
        points[random.choice(len(points), 8, replace=False, p=counts / counts.sum())]
        for _ in range(20)
    ],
    "k-means++": [kmeans.plus_plus(points, 8, seed, counts) for seed in range(20)],
}
last = {}
for name, some in starts.items():
    last[name] = (
        np.sort([kmeans.lloyd(points, one, counts).inertias[-1] for one in some])
        / counts.sum()
    )
    print(
        f"{name:10} inertia a pixel {last[name][0]:.1f} to {last[name][-1]:.1f}; "
        f"within 1 % of the best: {np.sum(last[name] < 1.01 * last[name][0])} of 20"
    )

# %% [markdown]
# Many ends. By lot there is hardly a difference, 2 %; of the careful starts one ends a fifth worse than the best. So
# they do not pay here: these colours form no separate heaps of which a start could miss one. With heaps it would be
# another matter. (`palettes.palette` begins three times and keeps the best end.)
#
# ### Near in what space?
# "Nearest" and "mean" mean nothing until one says in what coordinates. The screen's numbers, **sRGB**, are stored so
# that steps of grey look about alike: the light $Y$ of a grey $v$ (from 0 to 1) is $((v + 0.055) / 1.055)^{2.4}$, apart
# from a short straight piece near black. **CIELAB** (1976) was fitted to what people call equally different. Its
# lightness is
#
# $$ L^* = 116 \sqrt[3]{Y} - 16 \qquad (Y > 0.009), $$
#
# from 0 to 100. Two more axes, $a^*$ and $b^*$, go from green to red and from blue to yellow. A distance of about 2
# can just be seen.

# %% tags=["nbval-check-output"]
for v in (0.2, 0.5, 0.8, 1.0):
    light = ((v + 0.055) / 1.055) ** 2.4
    by_formula = 116 * light ** (1 / 3) - 16
    lab = colour_spaces.to_lab(np.full(3, 2 * v - 1))
    print(
        f"grey {v:.1f}: light {light:.3f}, L* {by_formula:.2f}, from the library {lab[0]:.2f}"
    )
    assert np.isclose(by_formula, lab[0], atol=0.01) and np.allclose(lab[1:], 0, atol=0.01)

# %% [markdown]
# For greys the two agree tolerably: half the number, about half the lightness. With colours it is another story.
#
# **Predict first.** Draw pairs of colours at random, all pairs equally far apart in RGB, 0.25. In CIELAB, how many
# times as far apart is the widest pair of a hundred as the closest: 1.5, 3 or 10 times?

# %% role="spoiler" fold="Draw the pairs that look most and least different"
random = np.random.default_rng(0)
one = random.uniform(-1, 1, size=(3000, 3))
step = random.normal(size=one.shape)
other = one + 0.25 * step / np.linalg.norm(step, axis=1, keepdims=True)
inside = (np.abs(other) <= 1).all(axis=1)
one, other = one[inside], other[inside]
apart = np.linalg.norm(colour_spaces.to_lab(one) - colour_spaces.to_lab(other), axis=1)
order = np.argsort(apart)
taken = np.concatenate([order[[3, 10, 20, 30, 40]], order[[-40, -30, -20, -10, -3]]])
swatches = np.stack([one[taken], other[taken]], axis=1)  # (10, 2, 3)
figure = plots.image_grid(
    np.kron(swatches[:, None], np.ones((1, 10, 10, 1))),
    columns=5,
    captions=[f"{each:.0f} apart" for each in apart[taken]],
    image_size=1.2,
    title="Ten pairs, all 0.25 apart in RGB",
)
plots.show(
    figure,
    alt="Ten pairs of neighbouring squares. In the upper five, saturated greens and a blue, the two halves can "
    "hardly be told apart; in the lower five, greyish greens, purples and blues, they differ clearly.",
)
closest, middle, widest = np.quantile(apart, [0.01, 0.5, 0.99])
print(
    f"of a hundred pairs the closest {closest:.1f}, the middle {middle:.1f}, the widest {widest:.1f} in CIELAB"
)

# %% [markdown]
# Six times. So k-means in RGB spends its eight colours on differences that nobody sees, and saves them on some that
# everybody does. Does CIELAB make the better palette, then?
#
# **Predict first.** A palette by each, of eight colours. Which one is nearer to the sprites in CIELAB? Which in RGB?
# And in which will the judge of kinds still know more of the 96 sprites that you chose from?

# %% role="spoiler" fold="Measure palettes of 2 to 16 colours, from both spaces"
mask = cut.alpha >= 0.5
offered_cut, offered_kinds = cutouts.cut_out(offered), np.repeat(np.arange(8), 12)
hard = mask.astype("float32")


def lab_error(images):
    """Mean CIELAB distance of the figures' pixels from the chosen sprites."""
    gap = colour_spaces.to_lab(images) - colour_spaces.to_lab(cut.images)
    return np.linalg.norm(gap, axis=-1)[mask].mean()


def rgb_error(images):
    return np.sqrt(np.square(images - cut.images)[mask].mean())


print(
    "           distance in CIELAB      root mean square in RGB      judge knows            bytes of"
)
print(
    "colours    by CIELAB  by RGB       by CIELAB  by RGB            by CIELAB  by RGB      the sheet"
)
table = {}
for count in (2, 4, 8, 16):
    cells = []
    for space in ("lab", "rgb"):
        colours = palettes.palette(cut.images, count, space, alpha=cut.alpha)
        drawn = palettes.apply(cut.images, colours, space)[1]
        all_colours = palettes.palette(
            offered_cut.images, count, space, alpha=offered_cut.alpha
        )
        all_drawn = palettes.apply(offered_cut.images, all_colours, space)[1]
        on_white = cutouts.over(all_drawn, offered_cut.alpha, (1, 1, 1))
        known = sprite_scores.obedience(on_white, offered_kinds)
        cells.append(
            (
                lab_error(drawn),
                rgb_error(drawn),
                known,
                len(sprite_sheet.lay_out(drawn, hard).png()),
            )
        )
    table[count] = cells
    (a, b, e, size), (c, d, f, _) = cells
    print(
        f"{count:7}    {a:9.1f} {c:7.1f}       {b:9.3f} {d:7.3f}            {e:9.2f} {f:7.2f} {size:14,}"
    )
known = sprite_scores.obedience(offered, offered_kinds)
print(
    f"in all colours the judge knows {known:.2f}; for 0.70 the standard error is {math.sqrt(0.7 * 0.3 / 96):.2f}"
)

# %% [markdown]
# Each palette wins by its own measure, at every size. That says nothing about colours, since each *minimises* its
# measure, or nearly. A contest needs somebody of neither side, and the judge, who is one, does not decide. At eight
# colours he knows eleven more of 96 sprites in CIELAB's, at four and at sixteen a few more in the other; each share
# has an error of four or five sprites. So look for yourself. Below the two stand eight colours for *each* sprite; and
# the eight by night, the same numbers with another table.

# %% fold="Show the chosen sprites in several palettes"
NIGHT = np.array([-0.75, -0.65, -0.3])
darker = np.array([0.6, 0.7, 0.7])
numbers = {}
rows = {"all colours": cut.images}
for space, name in (("lab", "8, by CIELAB"), ("rgb", "8, by RGB")):
    colours = palettes.palette(cut.images, 8, space, alpha=cut.alpha)
    numbers[space], rows[name] = palettes.apply(cut.images, colours, space)
own = [(cut.images[n : n + 1], cut.alpha[n : n + 1]) for n in range(8)]
rows["8 for each"] = np.concatenate(
    [palettes.apply(image, palettes.palette(image, 8, alpha=alpha))[1] for image, alpha in own]
)
shared = palettes.palette(cut.images, 8, alpha=cut.alpha)
night = colour_spaces.from_lab(colour_spaces.to_lab(shared) * darker + [0, 0, -15])
rows["by night"] = night[numbers["lab"]].astype("float32")
labelled_rows(
    np.concatenate(
        [
            cutouts.over(images, hard, NIGHT if name == "by night" else (1, 1, 1))
            for name, images in rows.items()
        ]
    ),
    columns=8,
    rows=list(rows),
    title="Eight sprites in several palettes",
    width=5.4,
    alt="Five rows of the eight chosen sprites: in all colours; in eight colours by CIELAB, flat but alike; in "
    "eight by RGB, much the same; in eight colours of their own each, nearer to the first row; and darker and "
    "bluish, on a dark ground.",
)
for name in ("8, by CIELAB", "8 for each"):
    content = sprite_sheet.lay_out(rows[name], hard).png()
    print(
        f"{name:12} distance in CIELAB {lab_error(rows[name]):.1f}, sheet of {len(content):,} bytes"
    )

# %% [markdown]
# A palette for each is nearer by a third and takes half as many bytes again. What one loses is the family, and with it
# the night.
#
# ## Nothing around it
# A sprite stands on whatever ground the game has, so its own has to go. At the edge a pixel lies partly on the figure.
# If a share $\alpha$ of its area is the figure's, of colour $F$, and the rest the ground's, of colour $W$, one sees
#
# $$ c = \alpha F + (1 - \alpha) W $$
#
# (Porter and Duff 1984; strictly it is light that mixes, but browsers mix the numbers of sRGB, and so do we). We know
# $c$ and $W$ and want $\alpha$ and $F$: three equations, one a channel, for four unknowns. Had the *same* figure been
# drawn on two grounds, $W$ and $B$, it would be easy (Smith and Blinn 1996): subtract, and $c_W - c_B = (1 - \alpha)(W
# - B)$. With one ground somebody has to guess. `cutouts.cut_out` guesses that $F$ is as a pixel further in, and takes
# the $\alpha$ that then fits best, $(c - W) \cdot (F - W) / |F - W|^2$. We try it all on a disc, drawn in fine points,
# of which each pixel takes the mean:

# %% tags=["nbval-check-output"]
FINE = 16


def disc(figure, ground):
    """Pixels (32, 32, 3) of a disc, each the mean of 16 x 16 points, and the share of it that is disc."""
    axis = (np.arange(32 * FINE) + 0.5) / FINE - 16
    inside = axis[:, None] ** 2 + axis**2 < 12.6**2
    points = np.where(inside[..., None], figure, ground)
    blocks = (32, FINE, 32, FINE)
    return points.reshape(*blocks, 3).mean(axis=(1, 3)), inside.reshape(blocks).mean(
        axis=(1, 3)
    )


F, W, B = np.array([0.9, -0.2, -0.7]), np.ones(3), -np.ones(3)
(on_white, true_alpha), (on_black, _) = disc(F, W), disc(F, B)
assert np.allclose(on_white, true_alpha[..., None] * F + (1 - true_alpha[..., None]) * W)
two_grounds = 1 - (on_white - on_black) @ (W - B) / ((W - B) @ (W - B))
known_figure = (on_white - W) @ (F - W) / ((F - W) @ (F - W))
guessed = cutouts.cut_out(on_white[None].astype("float32")).alpha[0]
for name, alpha in (
    ("two grounds", two_grounds),
    ("F known", known_figure),
    ("guessed", guessed),
):
    print(f"{name:12} largest error of alpha {np.abs(alpha - true_alpha).max():.3f}")
assert np.allclose(two_grounds, true_alpha) and np.allclose(known_figure, true_alpha)

# %% [markdown]
# On a disc of one colour the guess is right, but for pixels that hardly differ from the ground and are taken for it.
#
# And what *is* ground? "All that is white" is the obvious rule. `cut_out` has another one: what can be reached from
# the border, step by step, through pixels of nearly the ground's colour. That is a **flood fill**.
#
# **Predict first.** Of the white pixels of the 646 training emoji, which share would be cleared by the first rule and
# is not ground by the second: a hundredth, a tenth or a third?

# %% role="spoiler" fold="Count white that is not ground, and show some of it"
white = (
    np.linalg.norm(colour_spaces.to_lab(train.images) - [100, 0, 0], axis=-1)
    <= cutouts.TOLERANCE
)
reached = cutouts.cut_out(train.images, soft=False).alpha == 0
enclosed = white & ~reached
found = enclosed.sum(axis=(1, 2))
print(
    f"{found.sum() / white.sum():.1%} of the white pixels; four or more in {np.mean(found > 3):.0%} of all emoji"
)
most = [
    np.flatnonzero(train.labels == kind)[found[train.labels == kind].argmax()]
    for kind in range(8)
]
both = [(train.images[most], 1.0 - white[most]), (train.images[most], 1.0 - reached[most])]
labelled_rows(
    np.concatenate(
        [cutouts.over(images, alpha.astype("float32"), NIGHT) for images, alpha in both]
    ),
    columns=8,
    rows=["white cleared", "flood fill"],
    title="The same emoji on a dark ground",
    width=6.5,
    alt="Two rows of eight emoji on dark blue, among them a face with a mask, a sheep and a blossom. Above, their "
    "white parts are holes through which the ground is seen; below, they are white.",
)

# %% [markdown]
# Six of a hundred, and more than half of the pictures have some: eyes, teeth, wool, letters. The flood has a fault of
# its own. Ground that a figure encloses, as between the stalks of two cherries, stays white, since no flood gets there.

# %% [markdown]
# ## Exercise 3: repair a halo
# At the edge of a figure a pixel is a mixture: a share `alpha` of it is figure, the rest ground. So it was *seen* as
#
# $$ c = \alpha \, F + (1 - \alpha) \, W $$
#
# with the figure's own colour $F$ and the `old` ground $W$. To put the figure on a `new` ground, this program mixes
# again. Its figures have a halo of the old ground, and their edges turn grey besides. Repair it:
#
# - what is mixed with the new ground is $F$, not $c$: derive it;
# - an estimated `alpha` is never quite right, so $F$ may come out as no colour at all. Each of its numbers is cut off
#   to lie from -1 to 1, *before* it is mixed;
# - where `alpha` is 0, nothing of the figure is seen, and the new ground is.
#
# `on_new_ground(seen, alpha, old, new)` gets pixels $(n, 3)$, numbers from -1 (dark) to 1, `alpha` $(n,)$ from 0 to 1
# and two colours, $(3,)$. It returns the pixels on the new ground, $(n, 3)$.


# %% role="exercise" grade_id="on_new_ground"
# Exercise 3
def on_new_ground(seen, alpha, old, new):
    """Pixels seen (n, 3) on the ground old (3,), with alpha (n,), as they are on the ground new (3,)."""
    ### BEGIN BROKEN
    # share = alpha[:, None]
    # figure = share * seen
    # return share * figure + (1 - share) * new
    ### END BROKEN
    ### BEGIN SOLUTION
    share = alpha[:, None]
    figure = (seen - (1 - share) * old) / np.where(share > 0, share, 1)
    return share * figure.clip(-1, 1) + (1 - share) * new
    ### END SOLUTION


# %% role="check" grade_id="on_new_ground"
def ground_with(
    own=lambda c, a, old: (c - (1 - a) * old) / a,
    cut=lambda f: min(1.0, max(-1.0, f)),
    mix=lambda f, a, new: a * f + (1 - a) * new,
    at_last=float,
    white=None,
):
    """The pixels on the new ground, number by number, with faults."""

    def on_ground(seen, alpha, old, new):
        pixels = np.empty(seen.shape)
        for (n, channel), c in np.ndenumerate(seen):
            a, ground = float(alpha[n]), old[channel] if white is None else white
            figure = cut(own(c, a, ground)) if a else 0.0
            pixels[n, channel] = at_last(mix(figure, a, new[channel]))
        return pixels

    return on_ground


def twice(f, a, new):
    return a * (a * f) + (1 - a) * new


def seen_itself(c, a, old):
    return c


def clear_pixels_are_ground(function):
    """A word on pixels of which nothing is figure, or None."""
    from course_lib.checks.comparing import difference as unlike

    old, new = np.array([1.0, 1.0, 0.5]), np.array([-0.5, 0.25, 0.75])
    seen, alpha = np.array([[0.25, 0.5, 0.0], [1.0, 1.0, 0.5]]), np.array([0.5, 0.0])
    try:
        right = not unlike(function(seen, alpha, old, new)[1], new, 1e-6)
    except ZeroDivisionError:
        right = False
    if right:
        return None
    return (
        "Right wherever something of the figure is seen. Where alpha is 0 the pixel should be the new ground. Hint: "
        "dividing by alpha gives no number there; whatever you take for F instead, it is mixed with the share 0."
    )


def some_edge(seed, n, old, new, wrong_by):
    random = np.random.default_rng(seed)
    alpha = np.concatenate([[1.0, 0.25, 0.5], random.integers(1, 16, size=n) / 16])[:n]
    figure = random.integers(-14, 15, size=(n, 3)) / 16
    old, new = np.array(old), np.array(new)
    seen = alpha[:, None] * figure + (1 - alpha[:, None]) * old
    noisy = seen + wrong_by * random.choice((-1, 1), size=(n, 3))
    return noisy.clip(-1, 1).round(4), alpha, old, new


edge_cases = [
    some_edge(0, 3, (1.0, 1.0, 1.0), (-0.5, 0.25, 0.75), 0.0),
    some_edge(1, 6, (1.0, 1.0, 1.0), (-1.0, 0.5, 0.0), 0.125),
    some_edge(2, 9, (0.25, -0.75, 0.5), (0.75, -0.25, -1.0), 0.2),
]
EDGE_FAULTS = {
    "alpha is multiplied in twice, once before the figure is mixed and once when it is": {
        "mix": twice
    },
    "what is mixed with the new ground is still the pixel as SEEN, and a share of 1 - alpha of it is the old ground": {
        "own": seen_itself
    },
    "F may come out below -1 or above 1: cut it off, before it is mixed": {"cut": float},
}
edge_mistakes = {
    "This is still the program as it was. Begin with F: solve the mixture for it.": ground_with(
        mix=twice, own=seen_itself
    )
}
for left, fault in EDGE_FAULTS.items():
    edge_mistakes[f"One fault is left: {left}."] = ground_with(**fault)
checked_on_new_ground = check(
    3,
    "on_new_ground",
    cases=[(case, ground_with()(*case)) for case in edge_cases],
    mistakes=edge_mistakes
    | {
        "F is cut off, but only once it is mixed: then the ground hides what was too much.": ground_with(
            cut=float, at_last=lambda x: min(1.0, max(-1.0, x))
        ),
        "Colours go from -1 to 1 here; F is cut off at 0, which is a middle grey.": ground_with(
            cut=lambda f: min(1.0, max(0.0, f))
        ),
        "The old ground is taken off whole. Only a share of 1 - alpha of it is in the pixel.": ground_with(
            own=lambda c, a, old: (c - old) / a
        ),
        "The share of the old ground in a pixel is 1 - alpha, not alpha.": ground_with(
            own=lambda c, a, old: (c - a * old) / (1 - a) if a < 1 else c - old
        ),
        "The old ground is taken off, but what is left is alpha times F, and not yet F. Divide by alpha; then cut off "
        "and mix.": ground_with(own=lambda c, a, old: c - (1 - a) * old),
        "Dividing by alpha alone would be right on a ground of zeros. Take off the old ground's share first.": (
            ground_with(own=lambda c, a, old: c / a)
        ),
        "This takes every old ground to be white; it is given as `old`.": ground_with(
            white=1.0
        ),
        "This takes the old ground to be black; it is given as `old`.": ground_with(
            white=-1.0
        ),
        "A pixel is figure or ground here, and the edge becomes a staircase. Mix by alpha.": ground_with(
            mix=lambda f, a, new: f if a > 0.5 else new
        ),
        "A pixel is figure or ground here, as soon as alpha is above 0: nothing is mixed.": ground_with(
            mix=lambda f, a, new: f
        ),
        "alpha is the share of the FIGURE; here it is that of the new ground.": ground_with(
            mix=lambda f, a, new: (1 - a) * f + a * new
        ),
    },
    also=clear_pixels_are_ground,
    hint="Solve c = alpha F + (1 - alpha) W for F, cut it off, and mix it with the new ground as it was with the old.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="on_new_ground" points=1
for case in range(3):
    n = int(random.integers(9, 14))
    old = random.uniform(0.6, 0.9, size=3) if case else np.ones(3)
    if case == 2:
        old = random.uniform(-0.6, 0.2, size=3)
    new = random.uniform(-0.9, 0.3, size=3)
    alpha = random.uniform(0.15, 0.5, size=n)
    alpha[5:] += 0.45
    alpha[5] = random.uniform(0.03, 0.08)
    figure = random.uniform(-0.9, 0.9, size=(n, 3))
    # alpha is a little wrong there, in two channels
    figure[:3, :2] = np.array([[-1.4], [-1.2], [1.4 if case == 2 else -1.3]])
    seen = alpha[:, None] * figure + (1 - alpha[:, None]) * old
    alpha[3:5], seen[3], seen[4] = (0.0, 1.0), old, figure[4]
    publish(**{f"pixels_{case}": on_new_ground(seen, alpha, old, new)})

# %% [markdown]
# Four ways to put your sprites into the night: all white cleared; the flood with hard edges; alpha at the edges, but
# the colours as *seen*, as many programs do it; and your function.

# %% fold="Put the sprites on a dark ground in four ways"
alpha = cut.alpha
seen_white = (
    np.linalg.norm(colour_spaces.to_lab(chosen) - [100, 0, 0], axis=-1) <= cutouts.TOLERANCE
)


def repaired(images, alpha, ground):
    """Every picture by the student's function, from white to another ground."""
    return np.stack(
        [
            checked_on_new_ground(
                image.reshape(-1, 3).astype(float), opaque.ravel().astype(float), W, ground
            ).reshape(32, 32, 3)
            for image, opaque in zip(images, alpha, strict=True)
        ]
    )


ways = {
    "white cleared": cutouts.over(chosen, 1.0 - seen_white, NIGHT),
    "flood, hard edge": cutouts.over(chosen, (alpha > 0).astype("float32"), NIGHT),
    "alpha, colours as seen": cutouts.over(chosen, alpha, NIGHT),
    "your repair": repaired(chosen, alpha, NIGHT),
}
labelled_rows(
    np.concatenate(list(ways.values())),
    columns=8,
    rows=list(ways),
    title="Eight sprites in the night",
    width=6.5,
    alt="Four rows of the eight sprites on dark blue. In the first some have holes; in the first two all have a "
    "rim of pale dots, in the third a fainter one, and in the fourth the fewest.",
)
rim = (alpha > 0) & (alpha < 1)
for name, images in ways.items():
    print(
        f"{name:24} mean lightness at the edge {colour_spaces.to_lab(images[rim])[:, 0].mean():.0f}"
    )

# %% [markdown]
# The lighter an edge, the more of the white ground is left in it. (Dots that stay are pixels to which no figure further
# in could say its colour.)
#
# Now the sheet: eight colours, hard edges as such sprites have them, one pixel of nothing between two, so that none
# bleeds into its neighbour when it is drawn larger, and beside it a table that says where each one is. (It is in the
# format that game libraries such as PixiJS and Phaser read.) The stripes below are your browser's own, behind the
# picture.

# %%
import base64
import json
from pathlib import Path

from IPython.display import HTML, display
from PIL import Image

folder = Path("runs/18_sprites")
folder.mkdir(parents=True, exist_ok=True)
flat, flat_alpha, flat_colours = flattened(chosen)
content = sprite_sheet.save_sheet(
    folder / "sheet.png", flat, flat_alpha, names=MY_WORDS, columns=8
)
opened = Image.open(folder / "sheet.png")
print(
    f"{folder / 'sheet.png'}: {len(content):,} bytes, {opened.width} x {opened.height} pixels"
)
print(f"mode {opened.mode}, a palette; with transparency: {'transparency' in opened.info}")
frames = json.loads((folder / "sheet.json").read_text(encoding="utf-8"))["frames"]
print(MY_WORDS[1], "is at", frames[MY_WORDS[1]]["frame"])
data = base64.b64encode(content).decode("ascii")
stripes = "repeating-linear-gradient(45deg, #246 0 12px, #9c6 12px 24px)"
display(
    HTML(
        f'<img alt="Eight sprites on green and blue stripes, which show between and around them." width="789" '
        f'style="image-rendering: pixelated; background: {stripes}" src="data:image/png;base64,{data}">'
    )
)

# %% [markdown]
# **A good place to stop.** What stands still is done. What is left has to move, to lie, and to be played.

# %% [markdown]
# ## A walk without a jump
# Between two of the network's pictures there are others. Lead a latent around a small closed path, and the sprite moves
# and comes back to where it began. `walk_cycle` takes three latents around one, at the distance `reach` times its
# length, and a closed spline through them; and it takes its frames so that all steps *on the screen* are equally long,
# the last one back to the first included. (Lesson 17 does it with compasses: open them to one width, walk along the
# curve, and change the width until a whole number of steps ends where it began.) How far steps are from even is their
# **unevenness**, the largest share by which one differs from their mean.
#
# **Predict first.** Eight frames in a straight line through latent space, repeated for ever. How many times as long as
# the mean of the other seven is the step from the last frame to the first: as long, three times, seven times? And in
# the cycle?

# %% role="spoiler"
one_way = sprite_gan.of_kind(generator, "vehicles")
_, cycle = sprite_gan.walk_cycle(generator, "people", frames=8, seed=0, reach=0.3)
ends = latents[[0, 9]]
line = generate(one_way, ends[0] + np.linspace(0, 1, 8)[:, None] * (ends[1] - ends[0]))
for name, film in (("line, repeated", line), ("cycle", cycle)):
    steps = arc_length.step_lengths(film, closed=True)
    print(
        f"{name:15} last step {steps[-1] / steps[:-1].mean():.2f} times the mean of the others",
        end=", ",
    )
    print(f"unevenness {arc_length.unevenness(steps):.3f}")
steps = arc_length.step_lengths(cycle, closed=True)
assert arc_length.seam(steps) < 1.01 and arc_length.unevenness(steps) < 0.01

# %% [markdown]
# On the line more than four times: not seven, since on the screen the way bends, and its ends are nearer than it is
# long. In the cycle no step is longer than any other. How far may it go before it becomes something else?
#
# **Predict first.** Two cycles of each kind. At a reach of 1 the three latents are about as far from the middle as
# another sprite's. In how many of the sixteen cycles does the judge name all frames alike: nearly all, half, or hardly
# any? And at 0.1?

# %% role="spoiler" fold="Measure walks of several reaches"
print("reach   mean step   farthest two frames   cycles of one kind, of 16")
for reach in (0.1, 0.3, 1.0):
    step, width, alike = [], [], 0
    for kind in KINDS:
        for seed in range(2):
            film = sprite_gan.walk_cycle(generator, kind, frames=8, seed=seed, reach=reach)[1]
            step.append(arc_length.step_lengths(film, closed=True).mean())
            width.append(np.sqrt(np.square(film[:, None] - film).mean(axis=(2, 3, 4))).max())
            alike += len(set(sprite_scores.read_kinds(film))) == 1
    print(f"{reach:5.1f} {np.mean(step):11.3f} {np.mean(width):21.2f} {alike:21}")

# %% [markdown]
# At 0.1 nearly all, at 1 fewer than half. Somewhere between is how much a sprite may change and still be itself, and
# that is yours to say; the judge only says when *he* lost it. (In the two that fail at 0.1 he calls a single frame
# something else: they run along a border of his.) Below, a cycle of reach 0.3, and beside it a **hop**: a real emoji
# that goes up and down. The **seam** of a film is the step into its first frame or the one out of it, the longer of the
# two, over the median of all: above 1, it jerks where it closes.

# %% fold="Play a cycle beside a hop"
from course_lib.media import films

wobble = flattened(sprite_gan.walk_cycle(generator, "people", frames=12, seed=0, reach=0.3)[1])
t = np.arange(12) / 12
hop_heights = np.rint(24 * t * (1 - t)).astype(int)
tomato = train.images[[train.names.index("tomato")]]
tomato_flat, tomato_alpha, _ = flattened(tomato)


def lifted(image, height):
    """The picture moved up by so many pixels, with nothing below it."""
    return np.concatenate([image[height:], np.zeros_like(image[:height])])


hop = np.stack(
    [
        lifted(np.pad(tomato_flat[0], ((6, 0), (0, 0), (0, 0))), height)
        for height in hop_heights
    ]
)
hop_alpha = np.stack(
    [lifted(np.pad(tomato_alpha[0], ((6, 0), (0, 0))), height) for height in hop_heights]
)
still = (
    np.pad(wobble[0], ((0, 0), (6, 0), (0, 0), (0, 0))),
    np.pad(wobble[1], ((0, 0), (6, 0), (0, 0))),
)
films_drawn = {
    "cycle": cutouts.over(*still, GREEN),
    "hop": cutouts.over(hop, hop_alpha, GREEN),
}
for name, film in films_drawn.items():
    steps = arc_length.step_lengths(film, closed=True)
    print(
        f"{name:6} steps "
        + " ".join(f"{each:.2f}" for each in steps)
        + f", seam {arc_length.seam(steps):.2f}"
    )
frames = np.concatenate(list(films_drawn.values()), axis=2)
large = [pictures.enlarge(pictures.to_uint8(frame), 5) for frame in frames]
data = base64.b64encode(films.gif_bytes(large, [90] * len(large))).decode("ascii")
display(
    HTML(
        '<img alt="On green, a head that turns a little and back, and a tomato that hops." '
        f'style="image-rendering: pixelated" src="data:image/gif;base64,{data}">'
    )
)

# %% [markdown]
# Nothing *walks* here: the network never saw a leg move. It knows what lies between a head and a head, and so this one
# seems to turn, looks about, and turns back. The hop beside it needs no network. A real emoji goes up and down by whole
# pixels, as a thrown ball does, and we think it the better animation by far. Look at its steps: 0 at the top, where it
# stands still, and the longest where it meets the ground. By our measures it is a bad film, uneven and with a seam of
# 1.4. (The cycle has one of 1.00, and its steps are even within a few per cent, though it stands in eight colours here,
# where a pixel changes whole or not at all.) Evenness is right where a movement means nothing; where it means
# something, its meaning says how fast. What the cycle has for itself is that the *figure* changes, of which nobody drew
# the second picture.

# %% [markdown]
# ## Exercise 4: round and round on a line
# A sprite's frames lie along a line through latent space, from one pose to another, and the game repeats them for
# ever. In order, the film jumps from the last frame to the first. There and back again it does not jump, but shows
# nearly every frame twice. Can a round that shows **each frame once** do without a jump?
#
# `places` $(n,)$, all different and three or more, say how far along the line each frame lies, in no order. A step
# between two frames is as long as their places are apart; a round has $n$ steps, the last one back to its first frame.
# `round_on_a_line(places)` returns the order of the frames, a whole number array $(n,)$ of their numbers, such that
# the *longest* of the $n$ steps is as short as it can be. If several orders are equally good, any of them will do;
# so will any frame to begin with.
#
# A film has hundreds of frames, and to try all orders would take ages. Think of three neighbours on the line, and take
# the middle one away. What is left of the round is a path through all other frames: how long is one of its steps, at
# least? Then find an order that has no longer one.


# %% role="exercise" grade_id="round_on_a_line"
# Exercise 4
def round_on_a_line(places):
    """The numbers of the frames (n,) in an order whose longest step, once round, is as short as it can be."""
    ### BEGIN SOLUTION
    along = np.argsort(places)
    return np.concatenate(
        [along[::2], along[1::2][::-1]]
    )  # up by every other one, down by the rest
    ### END SOLUTION


# %% role="check" grade_id="round_on_a_line"
def longest_step(order, places):
    return max(
        abs(places[one] - places[two])
        for one, two in zip(order, np.roll(order, -1), strict=True)
    )


def shortest_longest_step(places):
    """A round without the middle one of three neighbours has to step over its place."""
    along = sorted(places)
    return max(after - before for before, after in zip(along[:-2], along[2:], strict=True))


def zigzag(places):
    """To and fro between both halves."""
    along = np.argsort(places)
    half = (len(along) + 1) // 2
    order = np.empty_like(along)
    order[::2], order[1::2] = along[:half], along[half:]
    return order


LINE_MISTAKES = {
    "The steps along the line are short, and the last one, from its far end back to the first frame, is the jump. Some "
    "frames have to be kept for the way back.": np.argsort,
    "These are the RANKS of the frames. order[k] is the number of the frame that is shown as number k: argsort gives "
    "it at once.": lambda places: np.argsort(np.argsort(places)),
    "Every other one there, and the rest back, is right; but the frames have to be sorted by their places first.": (
        lambda places: np.r_[0 : len(places) : 2, np.arange(1, len(places), 2)[::-1]]
    ),
    "Every other one there is right; but the rest go forwards, too, and should come BACK: two jumps.": lambda places: (
        np.r_[np.argsort(places)[::2], np.argsort(places)[1::2]]
    ),
    "The frames of one half of the line come after those of the other, backwards: two jumps, or a long step.": (
        lambda places: np.r_[
            np.argsort(places)[: len(places) // 2],
            np.argsort(places)[len(places) // 2 :][::-1],
        ]
    ),
    "This goes to and fro between both halves of the line: most steps are half as long as the line.": zigzag,
    "This is the order in which they were given.": lambda places: np.arange(len(places)),
}


def goes_round(function):
    """A word on an order that is none, or has a step too long; or None."""
    for places in line_cases:
        seen = np.asarray(function(places))
        n = len(places)
        shown = (
            f"{[round(float(each), 3) for each in places]}: " if n < 10 else f"{n} places: "
        )
        if seen.ndim != 1:
            return f"Of {shown}the order is one row of {n} numbers, and yours has the shape {seen.shape}."
        order = np.real(seen).tolist()
        if any(each != int(each) for each in order):
            return f"Of {shown}the order is one of whole numbers, 0 to {n - 1}, and yours are others: places?"
        order = [int(each) for each in order]
        if len(order) == n and sorted(order) == list(range(1, n + 1)):
            return (
                f"Of {shown}the frames have the numbers 0 to {n - 1}, and yours are 1 to {n}."
            )
        if len(order) > n:
            return (
                f"Of {shown}there are {n} frames, and {len(order)} are shown. Hint: there and back, each frame is "
                "shown on one of both ways. Try it with an even and with an odd number of frames."
            )
        if sorted(order) != list(range(n)):
            return (
                f"Of {shown}each of the frames 0 to {n - 1} should be shown once, and your order is "
                f"{order if n < 10 else 'another'}. Hint: try it with an even and with an odd number of "
                "frames; what is left for the way back?"
            )
        longest, best = longest_step(order, places), shortest_longest_step(places)
        if longest > best + 1e-9:
            said = [
                words for words, wrong in LINE_MISTAKES.items() if list(wrong(places)) == order
            ]
            hint = said or [
                "The round has to get to the far end and back. Which frames are for which way, so that no way has two "
                "neighbours to step over?"
            ]
            return f"Of {shown}the longest step is {longest:.3g}, and need not be more than {best:.3g}. Hint: {hint[0]}"
    return None


line_random = np.random.default_rng(5)
line_cases = [
    np.array([3.5, 0, 1, 5, 2]),
    np.array([0.5, 4, 2, 1, 3.25, 5]),
    np.array([2.0, -1, 0.5]),
    *(line_random.permutation(line_random.uniform(0.02, 2, n).cumsum()) for n in (31, 240)),
]
checked_round_on_a_line = check(
    4,
    "round_on_a_line",
    cases=[],
    also=goes_round,
    hint="A round goes to the far end and comes back.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="round_on_a_line" points=1
for case in range(4):
    n = (3, 24, 41, 80)[case] + 2 * int(random.integers(1, 5))
    places = random.permutation(np.cumsum(random.uniform(0.02, 2, size=n))) - n / 2
    order = np.real(np.asarray(round_on_a_line(places))).astype(int)
    steps = np.abs(places[order] - places[np.roll(order, -1)])
    publish(
        **{f"shown_{case}": np.bincount(order, minlength=n), f"longest_{case}": steps.max()}
    )

# %% [markdown]
# Twenty-four frames between two vehicles, in a straight line through latent space, at even steps on the screen.
#
# **Predict first.** How long is the longest step, counted in even ones: in order and repeated, there and back, and in
# your order? Can a step of your round be longer on the screen than it is along the line?

# %% role="spoiler"
t = arc_length.even_places(
    lambda t: generate(one_way, ends[0] + t[:, None] * (ends[1] - ends[0])), 24
)
frames_on_line = generate(one_way, ends[0] + t[:, None] * (ends[1] - ends[0]))
gone = np.concatenate([[0], np.cumsum(arc_length.step_lengths(frames_on_line))])
round_trip = checked_round_on_a_line(gone)
orders = {
    "in order, repeated": np.arange(24),
    "there and back": np.concatenate([np.arange(24), np.arange(22, 0, -1)]),
    "your round": round_trip,
}
even = np.diff(gone).mean()
for name, order in orders.items():
    steps = arc_length.step_lengths(frames_on_line[order], closed=True)
    print(
        f"{name:20} {len(order)} frames, steps {steps.min() / even:.2f} to {steps.max() / even:.2f} of an even one"
    )

# %% [markdown]
# Your round has no step above two, and never can have: on the screen a way of two steps is bent, and straight across it
# is a little shorter. So a line can be played round with each frame once, for twice the speed and half the frames of
# there-and-back. Who may choose the path closes it in latent space instead, and has even steps.
#
# ## A map from a small one
# An island of 16 x 20 tiles, drawn by hand, as text: water, sand, grass, forest, mountain, path. You want larger ones
# that look *as if by the same hand*. What does that mean? Sand lies between water and grass, mountains stand in
# the grass; a rule book is hidden in the little map. Take it literally: the rules are the 2 x 2 neighbourhoods that
# occur, and the hand is how often each does.
#
# A plain dice throws tiles in the right numbers, **independently**. A **Markov chain** along each row draws a tile by
# the one on its left, as often as it follows that in the example; rows know nothing of each other. And lesson 11's
# **patches**: where the map is still empty, at a place drawn at random, lay a patch of the example that makes no
# neighbourhood which the example has not, of those that fit one that agrees with most of what is already there (after
# Efros and Freeman 2001, whose patches were of pixels and could be cut). Where none fits, a smaller one; where not even
# 2 x 2 does, take up what lies around and try again. No network; three hundred and twenty tiles teach none.
#
# **Predict first.** A map of 24 x 32 by each of the three. Of its neighbourhoods, which share occurs in the example:
# with independent tiles, by the chain, with patches?

# %% role="spoiler" fold="Make three maps, and count their neighbourhoods"
example = tile_world.example()
MAKERS = {
    "independent tiles": tile_maps.independent_tiles,
    "a chain by rows": tile_maps.row_chain,
    "patches": tile_maps.make_map,
}
made = {name: make(example, (24, 32), seed=2) for name, make in MAKERS.items()}
figure, axes_row = plt.subplots(1, 4, figsize=(10, 2.6), width_ratios=(20, 32, 32, 32))
for axes, (name, tiles) in zip(
    axes_row, {"the example": example, **made}.items(), strict=True
):
    axes.imshow(pictures.to_uint8(tile_world.render(tiles)))
    axes.set_title(name)
    axes.set_axis_off()
plots.show(
    figure,
    alt="Four maps. The example, an island with forest, mountains and a path. Independent tiles: speckles. The "
    "chain: stripes and patches of the right tiles with ragged edges. Patches: coasts, woods and mountains as "
    "in the example.",
)
for name, tiles in made.items():
    print(f"{name:18} known neighbourhoods {tile_maps.known_share(tiles, example):.2f}")

# %% [markdown]
# With patches all, by construction. How *often* is another question: how unlike are the shares? For that there is a
# distance.

# %% [markdown]
# ## Exercise 5: how unlike are two maps?
# A map is an array of whole numbers, one for each tile, and its world wraps round: to the right of the last column
# lies the first one, and below the last row the first. So a map of $r$ rows and $c$ columns has $r \, c$
# neighbourhoods of 2 x 2 tiles, one whose upper left corner is at each tile. Two neighbourhoods are the same if they
# have the same four tiles in the same four places. Let $p(u)$ be the share of the neighbourhood $u$ among those of
# `made`, and $q(u)$ its share in `example`, which may be of another size.
#
# Any *set* of neighbourhoods has a share $P$ in `made` and a share $Q$ in `example`, the sums of its $p(u)$ and $q(u)$.
# The **total variation distance** of the maps is the largest $|P - Q|$ that a set has. Which set is it? Show that the
# distance is half the sum of $|p(u) - q(u)|$ over all $u$.
#
# `map_distance(made, example)` returns this distance, and the share of `made`'s neighbourhoods that are **strange**:
# that do not occur in `example`. Why can it not be larger than the distance?


# %% role="exercise" grade_id="map_distance"
# Exercise 5
def map_distance(made, example):
    """(total variation distance, strange share) of the 2 x 2 neighbourhoods of two maps that wrap round."""

    ### BEGIN SOLUTION
    def shares(tiles):
        right, below = np.roll(tiles, -1, axis=1), np.roll(tiles, -1, axis=0)
        corners = np.stack([tiles, right, below, np.roll(right, -1, axis=0)], axis=-1)
        found = {}
        for each in map(tuple, corners.reshape(-1, 4)):
            found[each] = found.get(each, 0) + 1 / tiles.size
        return found

    p, q = shares(made), shares(example)
    distance = sum(abs(p.get(x, 0) - q.get(x, 0)) for x in p.keys() | q.keys()) / 2
    return distance, sum(p[x] for x in p.keys() - q.keys())
    ### END SOLUTION


# %% role="check" grade_id="map_distance"
def neighbourhoods(
    tiles, wrap=(True, True), side=(2, 2), key=lambda corners: corners, number=lambda counts: 1
):
    """Shares of neighbourhoods by their tiles, row by row, with faults."""
    rows, columns = tiles.shape
    last = [
        size - (0 if around else window - 1)
        for size, around, window in zip(tiles.shape, wrap, side, strict=True)
    ]
    counts = {}
    for i in range(last[0]):
        for j in range(last[1]):
            seen = key(
                tuple(
                    int(tiles[(i + down) % rows, (j + right) % columns])
                    for down in range(side[0])
                    for right in range(side[1])
                )
            )
            counts[seen] = counts.get(seen, 0) + 1
    whole = sum(counts.values()) * number(counts)
    return {seen: count / whole for seen, count in counts.items()}


def gaps(p, q):
    return {x: abs(p.get(x, 0) - q.get(x, 0)) for x in [*p, *(x for x in q if x not in p)]}


def strange_share(p, q):
    return sum(share for x, share in p.items() if x not in q)


def maps_with(
    distance=lambda p, q: sum(gaps(p, q).values()) / 2, strange=strange_share, **faults
):
    def distances(made, example):
        p, q = neighbourhoods(made, **faults), neighbourhoods(example, **faults)
        return distance(p, q), strange(p, q)

    return distances


def number_of(corners, base):
    """One number for four tiles."""
    return sum(tile * base**place for place, tile in enumerate(corners))


def maps_at_the_ends(function):
    """A word on maps of one row or one column, or on tiles of two digits; or None."""
    from course_lib.checks.comparing import difference as unlike

    row, column = np.array([[0, 0, 1, 2]]), np.array([[2], [0], [0], [1]])
    if unlike(function(row, column), maps_with()(row, column), 1e-6):
        return (
            "Right for larger maps. A map may be one row: below it lies the same row again. Hint: count places round "
            "about, modulo rows and columns."
        )
    one = np.array([[1, 11, 12, 0], [21, 1, 2, 20], [1, 112, 0, 12]])
    two = np.array([[11, 1, 1, 20], [2, 11, 2, 0], [111, 2, 12, 0]])
    if unlike(function(one, two), maps_with()(one, two), 1e-6):
        return (
            "Right for tiles 0 to 9. Here 1, 11 and 11, 1 have become the same text or number. Hint: a tuple of four "
            "tiles cannot be mistaken."
        )
    made, example = np.zeros((2, 3, 3 * len(TILE_NUMBERS)), int)
    made[1, ::3], example[1, ::3] = TILE_NUMBERS, 1
    if unlike(function(made, example), maps_with()(made, example), 1e-6):
        return (
            "Right for small tile numbers. A map may have the tile 1000, too, and here different tiles in the same "
            "places have become one number. Hint: a tuple of four tiles cannot be mistaken."
        )
    return None


# each of them somebody may take for larger than any tile
TILE_NUMBERS = [8, 10, 16, 32, 64, 100, 128, 256, 1000]


def some_map(seed, shape, tiles):
    """Patches of tiles that are mostly alike."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, tiles, size=[-(-size // 2) for size in shape])
    smooth = np.kron(coarse, np.ones((2, 2), int))[: shape[0], : shape[1]]
    return np.where(random.random(shape) < 0.25, random.integers(0, tiles, size=shape), smooth)


map_cases = [
    (np.array([[0, 0, 1], [0, 0, 1]]), np.array([[0, 1, 0], [0, 0, 0]])),
    (some_map(0, (4, 6), 3), some_map(1, (6, 8), 3)),
    (some_map(2, (7, 5), 2), some_map(3, (8, 9), 3)),
    (some_map(4, (9, 6), 4), some_map(5, (5, 8), 2)),
]
distance_is_right = "The distance is right. "
checked_map_distance = check(
    5,
    "map_distance",
    cases=[(case, maps_with()(*case)) for case in map_cases],
    mistakes={
        "The world wraps round: there is a neighbourhood at the last row and column, too.": maps_with(
            wrap=(False, False)
        ),
        "It wraps from the last column to the first, but not yet from the last row to the first.": maps_with(
            wrap=(False, True)
        ),
        "It wraps from the last row to the first, but not yet from the last column to the first.": maps_with(
            wrap=(True, False)
        ),
        "Without a half two maps with nothing in common are 2 apart. The set is that in which p is larger than q, and "
        "the sum counts it twice: once where p is larger, once where q is.": maps_with(
            lambda p, q: sum(gaps(p, q).values())
        ),
        "The neighbourhoods that only `made` has are left out. Where an example has none, q is 0.": maps_with(
            lambda p, q: sum(gaps(p, q)[x] for x in q) / 2
        ),
        "The neighbourhoods that only `example` has are left out. Where the map has none, p is 0.": maps_with(
            lambda p, q: sum(gaps(p, q)[x] for x in p) / 2
        ),
        "Only neighbourhoods that both maps have are in the sum; where one has none, its share is 0.": maps_with(
            lambda p, q: sum(gaps(p, q)[x] for x in p if x in q) / 2
        ),
        "This is the largest difference for ONE neighbourhood. It is asked for a set of them.": maps_with(
            lambda p, q: max(gaps(p, q).values())
        ),
        "The differences are squared. A set adds up shares, so their sizes are summed.": maps_with(
            lambda p, q: math.sqrt(sum(each**2 for each in gaps(p, q).values()))
        ),
        "This is the MEAN of the differences: over the number of neighbourhoods. Half the sum is asked.": maps_with(
            lambda p, q: np.mean(list(gaps(p, q).values()))
        ),
        "This says how much both have in common: 1 minus the distance.": maps_with(
            lambda p, q: 1 - sum(gaps(p, q).values()) / 2
        ),
        "This compares which neighbourhoods occur, not how often.": maps_with(
            lambda p, q: 1 - len(p.keys() & q.keys()) / len(p.keys() | q.keys())
        ),
        "The same four tiles in other places are another neighbourhood: do not sort them.": maps_with(
            key=lambda corners: tuple(sorted(corners))
        ),
        "The same four tiles in other places are another neighbourhood: their sum forgets the places.": maps_with(
            key=sum
        ),
        "Different tiles in the same places have become one number: the base has to be larger than any "
        "tile.": maps_with(key=lambda corners: number_of(corners, 2)),
        "These are shares of single tiles; two maps of the same tiles may differ in what lies beside what.": maps_with(
            side=(1, 1)
        ),
        "These are pairs of a tile and the one to its right: a neighbourhood has the two below them, too.": maps_with(
            side=(1, 2)
        ),
        "These are pairs of a tile and the one below: a neighbourhood has the two to the right, too.": maps_with(
            side=(2, 1)
        ),
        "The shares of a map should sum to 1: over r c places, not over the number of different "
        "neighbourhoods.": maps_with(number=lambda counts: len(counts) / sum(counts.values())),
        "These are counts. The maps are of different sizes, so take shares.": maps_with(
            number=lambda counts: 1 / sum(counts.values())
        ),
        distance_is_right
        + "Strange ones count as often as they occur; here each that is different counts once.": maps_with(
            strange=lambda p, q: len(p.keys() - q.keys()) / len(p)
        ),
        distance_is_right
        + "This is the share of the EXAMPLE's neighbourhoods that the map has not.": maps_with(
            strange=lambda p, q: strange_share(q, p)
        ),
        distance_is_right
        + "This is the share that is known: 1 minus what is asked.": maps_with(
            strange=lambda p, q: 1 - strange_share(p, q)
        ),
        distance_is_right
        + "In the second value too much is strange: what the example has less often it has all the same.": maps_with(
            strange=lambda p, q: sum(p[x] for x in p if p[x] > q.get(x, 0))
        ),
        distance_is_right + "This is how MANY are strange; their share is asked.": maps_with(
            strange=lambda p, q: len(p.keys() - q.keys())
        ),
        distance_is_right
        + "These are places with a strange neighbourhood; their share is asked, over r c.": lambda made, example: (
            maps_with()(made, example)[0],
            maps_with()(made, example)[1] * made.size,
        ),
        "The distance comes first, then the strange share.": lambda made, example: maps_with()(
            made, example
        )[::-1],
    },
    also=maps_at_the_ends,
    hint="Shares by neighbourhood in two dictionaries, with 0 for what is in one only. np.roll(tiles, -1, axis=1) lays "
    "each tile's right neighbour upon it.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="map_distance" points=2
for case in range(5):
    tiles = (3, 2, 2, 5, 3)[case]
    pair = []
    for _ in range(2):
        # one is wide, the other high
        shape = random.integers((5, 7), (7, 9))[:: 1 if len(pair) == case % 2 else -1]
        coarse = random.integers(0, tiles, size=(5, 5))
        smooth = np.kron(coarse, np.ones((2, 2), int))[: shape[0], : shape[1]]
        pair.append(
            np.where(random.random(shape) < 0.2, random.integers(0, tiles, size=shape), smooth)
        )
    made, example = pair
    # tiles that only one of them has, in made twice alike; the same four, upright in one and lying in the other
    made[-2:, -2:] = made[2:4, :2] = tiles
    example[-2:, -2:] = tiles + 4
    made[:2, :2], example[:2, :2] = [tiles + 2, tiles + 3], [[tiles + 2], [tiles + 3]]
    if case == 3:  # tiles of two digits
        names = random.permutation([0, 1, 2, 10, 11, 12, 20, 21, 22, 30])
        made, example = names[made], names[example]
        # not the same, but 333 4... as text, and 33 + 10 * 1 is 3 + 10 * 4
        made[:2, 2:5] = [[3, 33, 1], [4, 4, 4]]
        example[:2, 2:5] = [[33, 3, 4], [4, 4, 4]]
    if case == 4:  # of large numbers, each a base that makes one number of other tiles
        made, example = np.zeros((2, 3, 27), int)
        made[1, ::3] = random.permutation([8, 10, 16, 32, 64, 100, 128, 256, 1000])
        example[1, ::3] = 1
    distance, strange = map_distance(made, example)
    publish(**{f"distance_{case}": distance, f"strange_{case}": strange})

# %% [markdown]
# Our island lies in the sea on all sides, so its world may well wrap round. Your function measures the three maps, and
# the example against itself moved by three rows and five columns:

# %%
moved = np.roll(example, (3, 5), axis=(0, 1))
for name, tiles in {"the example, moved": moved, **made}.items():
    distance, strange = checked_map_distance(tiles, example)
    print(
        f"{name:19} distance {distance:.2f}, strange neighbourhoods {strange * tiles.size:.0f} of {tiles.size}"
    )
border = made["patches"].shape[0] + made["patches"].shape[1] - 1
print(f"neighbourhoods across the seam of a map of 24 x 32: {border}")

# %% [markdown]
# Moved, the example is at 0 from itself: in a world that wraps nothing has changed. The distances of the three are in
# the order that the eye says. That the patches have strange neighbourhoods at all is the seam's doing: `make_map` knows
# nothing of wrapping, and half of the 55 places across the seam are such as the island has nowhere. And how near
# *could* a map come? Draw 713 neighbourhoods one by one from the example's own (so many has a map of 24 x 32 without
# the seam), and chance alone keeps them at 0.11. (From here on the library's `tile_maps.distance` measures, which does
# not wrap.)
#
# **Predict first.** Patches may be up to 2, 3, 4, 6 or 8 tiles long. As they grow, does the distance fall for good, or
# fall and stop? And what grows with them that one would rather not have?

# %% role="spoiler" fold="Distance and copying by the length of the patches"
SIDES = (2, 3, 4, 6, 8)
measured = []
for side in SIDES:
    several = [
        tile_maps.make_map(example, (24, 32), seed=seed, side=side) for seed in range(4)
    ]
    measured.append(
        [
            (
                tile_maps.distance(tiles, example),
                tile_maps.distance(tiles, example, 3),
                tile_maps.known_share(tiles, example, 4),
                tile_maps.largest_copy(tiles, example).area,
            )
            for tiles in several
        ]
    )
measured = np.array(measured)  # (sides, maps, measures)
floors = [tile_maps.chance_distance(example, (24, 32), side) for side in (2, 3)]
figure, axes_row = plt.subplots(1, 2, figsize=(9, 3.2))
for number, (name, role, style) in enumerate(
    (("2 x 2", "real", "-"), ("3 x 3", "generator", "--"))
):
    axes_row[0].plot(
        SIDES,
        measured[..., number].mean(axis=1),
        linestyle=style,
        marker=plots.MARKERS[role],
        color=plots.COLOURS[role],
        label=f"shares of {name}",
    )
    axes_row[0].axhline(
        floors[number], linestyle=style, linewidth=0.8, color=plots.COLOURS["neutral"]
    )
    axes_row[0].text(2, floors[number] + 0.015, f"chance alone, {name}", fontsize=8)
axes_row[0].set(
    title="Distance from the example",
    xlabel="longest patch, tiles",
    ylabel="total variation",
    ylim=(0, 1),
)
axes_row[0].legend(fontsize=8)
axes_row[1].plot(
    SIDES,
    measured[..., 3].mean(axis=1),
    marker=plots.MARKERS["fake"],
    linestyle="-.",
    color=plots.COLOURS["fake"],
)
axes_row[1].set(
    title="Largest piece copied", xlabel="longest patch, tiles", ylabel="tiles", ylim=(0, None)
)
plots.show(
    figure,
    alt="Two panels over the longest patch, 2 to 8 tiles. Left, the distances of 2 x 2 and 3 x 3 shares fall, "
    "ever more slowly, and stay above lines for chance alone. Right, the largest piece copied grows from 24 "
    "to 92 tiles.",
)
for side, each in zip(SIDES, measured.mean(axis=1), strict=True):
    print(
        f"longest patch {side}: distance {each[0]:.2f}, of 3 x 3 {each[1]:.2f}; {each[2]:3.0%} of the "
        f"4 x 4 windows known, largest copy {each[3]:.0f} tiles"
    )

# %% [markdown]
# The distance falls, ever more slowly, and the largest copy grows with it, from 24 tiles to some 90. At the end of that
# road lies the example itself: distance 0, copied whole. So the distance alone must not be the aim. Lesson 11 had the
# same choice with its patches, and there is no right answer, but there are two numbers to choose by. Ours is 4.
#
# ### What two by two cannot see
# In the example the path is one piece of 14 tiles, and the land is one island. In a map made of its patches every
# neighbourhood is the example's.
#
# **Predict first.** Forty such maps of 14 x 22 tiles. In how many of them is all land one piece? In how many is there
# a path, all of one piece? In how many can one walk from the westernmost land to the easternmost?


# %% role="spoiler"
def pieces(mask):
    """Sets of places (row, column) that hang together, side by side or one above the other, the largest first."""
    left, found = set(map(tuple, np.argwhere(mask).tolist())), []
    while left:
        edge = [left.pop()]
        piece = set(edge)
        while edge:
            row, column = edge.pop()
            near = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)}
            piece |= near & left
            edge.extend(near & left)
            left -= near
        found.append(piece)
    return sorted(found, key=len, reverse=True)


def crossed(tiles):
    """Can one walk from the land farthest west to that farthest east, by neither water nor mountains?"""
    walkable = (tiles != WATER) & (tiles != MOUNTAIN)
    ends = np.argwhere(walkable)
    west, east = (tuple(ends[each(ends[:, 1])].tolist()) for each in (np.argmin, np.argmax))
    return any({west, east} <= piece for piece in pieces(walkable))


forty = [tile_maps.make_map(example, (14, 22), seed=seed) for seed in range(40)]
for name, several in {"the example": [example], "forty maps": forty}.items():
    land = [pieces(tiles != WATER) for tiles in several]
    path = [pieces(tiles == PATH) for tiles in several]
    print(
        f"{name}: land in one piece in {sum(len(each) == 1 for each in land)}, a path and in one piece in "
        f"{sum(len(each) == 1 for each in path)}, no path in {sum(not each for each in path)}, "
        f"crossed from west to east {sum(map(crossed, several))}"
    )
print(
    "pieces of path in the first ten maps:",
    [len(pieces(tiles == PATH)) for tiles in forty[:10]],
)

# %% [markdown]
# Land in one piece, a path in one piece, a way across: each of them fails in many maps, and not a single rule is
# broken. "All of one piece" is a property of the whole; no window sees it, however large, for a lake may be larger than
# any window. So do not ask the maker, ask the map. Make many, test each, and keep what passes: **rejection**, the
# plainest of all methods. It costs something, as the distances will show.


# %%
def good_enough(tiles):
    """One can cross the map, most of its land hangs together, and it has a path worth the name."""
    land, path = pieces(tiles != WATER), pieces(tiles == PATH)
    most = len(land[0]) >= 0.95 * np.sum(tiles != WATER)
    return crossed(tiles) and most and bool(path) and len(path[0]) >= 8


passed = [seed for seed, tiles in enumerate(forty) if good_enough(tiles)]
print(f"{len(passed)} of 40 pass: {passed}")
how_far = np.array([tile_maps.distance(tiles, example) for tiles in forty])
print(
    f"distance of 2 x 2 shares: all {how_far.mean():.2f}, those that pass {how_far[passed].mean():.2f}"
)
share_of_land = np.array([np.mean(tiles != WATER) for tiles in forty])
print(
    f"land: all {share_of_land.mean():.0%}, those that pass {share_of_land[passed].mean():.0%}, "
    f"the example {np.mean(example != WATER):.0%}"
)
best = min(passed, key=lambda seed: how_far[seed])
print(f"the nearest of these is map {best}, at {how_far[best]:.2f}")
figure, axes = plt.subplots(figsize=(6, 3.9))
axes.imshow(pictures.to_uint8(populated(forty[best], flat, flat_alpha)))
axes.set_title("Your sprites on a map that passed")
axes.set_axis_off()
plots.show(
    figure,
    alt="The chosen sprites stand on a map of sea, sand, grass, forest, mountains and a path.",
)

# %% [markdown]
# Eleven of forty, and as a group they are farther from the example, 0.38 instead of 0.32. Maps that are easy to cross
# are those with much land, 85 % of the tiles where all have 73 % and the example 56 %. Whoever selects shifts what he
# did not ask about. (The nearest of the eleven is the map at the top of this lesson.)
#
# ## The game
# Find-the-pairs: each sprite lies face down on two cards. `pairs_game.page` makes *one* file of it. The pictures are in
# it as text, the program is in it, and it forbids itself to load anything (its `Content-Security-Policy` says
# `default-src 'none'`). So it works from a disk, in a message, or on any server, and tells nobody that it is played.

# %%
GAME = folder / "pairs.html"
size = pairs_game.save_game(
    with_alpha(flat, flat_alpha), MY_WORDS, GAME, title="My first game", seed=1
)
text = GAME.read_text(encoding="utf-8")
print(
    f"{GAME}: {size:,} bytes; pictures in it: {text.count('data:image/png')}, addresses in it: {text.count('://')}"
)
for broken in (
    lambda: pairs_game.save_game(with_alpha(flat[:1], flat_alpha[:1]), MY_WORDS[:1], GAME),
    lambda: pairs_game.save_game(with_alpha(flat, flat_alpha), ["tree"] * 8, GAME),
    lambda: pairs_game.save_game(with_alpha(flat, 0 * flat_alpha), MY_WORDS, GAME),
):
    try:
        broken()
    except CourseError as problem:
        print("refused:", problem)
assert GAME.read_text(encoding="utf-8") == text  # and the good one is still there

# %% [markdown]
# What cannot become a game is refused in a line, and the good file is still there.
#
# Now close your eyes. Each card is a button with a name, and a screen reader says "card 3 of 16, face down". Turn it
# over and it says "Card 3: tomato. Where is the other one?", then "Card 7: hut. No pair with tomato.", or "Card 9:
# tomato again, a pair. 1 of 8 found." The arrow keys go from card to card, Enter or Space turns one over, and for those
# whose system asks for less motion nothing spins. So the *words* are half of the game: who calls two sprites "thing"
# has made one that cannot be played by ear, and a sprite whose word nobody would guess is a riddle. Play it, once with
# the mouse and once with the keyboard; the file lies in `runs/18_sprites`.

# %% role="spoiler" fold="Play it here"
import html

display(
    HTML(
        '<div><iframe title="My first game" style="width: 100%; height: 640px; border: 1px solid #888" srcdoc="'
        + html.escape(text)
        + '"></iframe></div>'
    )
)

# %% [markdown]
# ## Exercise 6: how many turns does a memory need?
# Your game counts turns. How many are few? Derive it for a player who finds `pairs` pairs alone, and plays so:
#
# - A turn shows two cards. The first is one that she does *not* remember, drawn by lot from all such. If she
#   remembers where its partner lies, she shows that, and takes both.
# - If not, the second is another one that she does not remember, by lot. If it is the partner, she takes both. If it
#   is the partner of one that she remembers, she takes these two in her next turn, before anything else.
# - Each card that she has seen and not taken in these ways she remembers with the probability `memory`, each by
#   itself, and then for good. If not, it is as if she had never seen it.
#
# `expected_turns(pairs, memory)` returns the exact mean number of turns, for `memory` from 0 to 1.
#
# A help: two numbers say where she stands, the $n$ pairs of which she remembers *no* card and the $s$ pairs of which
# she remembers *one*. Let $E(n, s)$ be the mean number of turns from there. Write down all that one turn can lead to,
# each with its probability. One way leads back to $E(n, s)$ itself: solve for it. Without any memory $E(n, 0) = n^2$.


# %% role="exercise" grade_id="expected_turns"
# Exercise 6
def expected_turns(pairs, memory):
    """The mean number of turns of a player who remembers a card with the probability memory (see above)."""
    ### BEGIN SOLUTION
    mean = {}  # by pairs of which she remembers no card, and one card
    for n in range(pairs + 1):
        for s in range(pairs - n + 1):
            if n == 0:
                mean[n, s] = float(s)
                continue
            known = s / (2 * n + s)  # the first card's partner
            other = 2 * n + s - 1  # cards that the second may be
            if s:
                old = memory * mean[n - 1, s] + (1 - memory) * mean[n, s - 1] + 1
                turns = 1 + known * mean[n, s - 1] + (1 - known) * s / other * old
            else:
                turns = 1.0
            turns += (1 - known) / other * mean[n - 1, s]
            two_new = (1 - known) * (2 * n - 2) / other
            if n > 1:
                both, one = memory**2, 2 * memory * (1 - memory)
                turns += two_new * (both * mean[n - 2, s + 2] + one * mean[n - 1, s + 1])
            mean[n, s] = turns / (1 - two_new * (1 - memory) ** 2)
    return mean[pairs, 0]
    ### END SOLUTION


# %% role="check" grade_id="expected_turns"
def turns_with(
    keeps=lambda memory: (memory**2, 2 * memory * (1 - memory), (1 - memory) ** 2),
    second=lambda n, s: 2 * n + s - 1,
    later=1,
    first_stays=lambda memory: memory,
    back=True,
):
    """The mean number of turns, with faults: where each way leads from a state, then one equation for each state."""

    def turns(pairs, memory):
        states = [(n, s) for n in range(pairs + 1) for s in range(pairs + 1) if n + s <= pairs]
        place = {state: number for number, state in enumerate(states)}
        matrix, right = np.eye(len(states)), np.zeros(len(states))
        for n, s in states:
            if n + s == 0:
                continue
            ways, right[place[n, s]] = [((n, s - 1), 1.0)], 1
            if n:
                hit, new = s / (2 * n + s), 2 * n / (2 * n + s)
                partner, old, fresh = (new * each / second(n, s) for each in (1, s, 2 * n - 2))
                both, one, none = keeps(memory)
                right[place[n, s]] += old * later
                ways = [
                    ((n, s - 1), hit + old * (1 - first_stays(memory))),
                    ((n - 1, s), partner + old * first_stays(memory)),
                    ((n - 2, s + 2), fresh * both),
                    ((n - 1, s + 1), fresh * one),
                    ((n, s), fresh * none * back),
                ]
            for state, chance in ways:
                if chance:
                    matrix[place[n, s], place[state]] -= chance
        return float(np.linalg.solve(matrix, right)[place[pairs, 0]])

    return turns


def perfect(pairs, memory):
    return turns_with()(pairs, 1.0)


def no_memory(pairs, memory):
    return float(pairs**2)


turns_cases = [
    ((1, 0.5), 1.0),
    ((4, 0.0), 16.0),
    *(
        (each, turns_with()(*each))
        for each in ((2, 0.5), (3, 1.0), (3, 0.25), (5, 0.7), (8, 0.5))
    ),
]
checked_expected_turns = check(
    6,
    "expected_turns",
    cases=turns_cases,
    mistakes={
        "This is the player without any memory.": no_memory,
        "This is the player who remembers everything; `memory` has no say.": perfect,
        "This mixes a player with all memory and one with none. She is neither: each CARD is remembered or not.": (
            lambda pairs, memory: (
                memory * perfect(pairs, 1) + (1 - memory) * no_memory(pairs, 0)
            )
        ),
        "If the second card's partner is remembered, the pair is taken in the NEXT turn, and that is one "
        "more.": turns_with(later=0),
        "A new pair of cards is remembered or not as one here. Each card has its own chance: both with memory^2, just "
        "one with 2 memory (1 - memory).": turns_with(
            lambda memory: (memory, 0.0, 1 - memory)
        ),
        "Just one of two new cards is remembered with 2 memory (1 - memory): it may be the first or the "
        "second.": turns_with(
            lambda memory: (memory**2, memory * (1 - memory), (1 - memory) ** 2)
        ),
        "Just one of two new cards is remembered with 2 memory (1 - memory). Here one of its two ways has gone to "
        "'neither'.": turns_with(
            lambda memory: (memory**2, memory * (1 - memory), 1 - memory)
        ),
        "If she keeps neither of two new cards, she stands where she stood, and it goes on from there: E(n, s) on "
        "both sides of the equation.": turns_with(back=False),
        "The second card is another one than the first: one card fewer to draw from.": turns_with(
            second=lambda n, s: 2 * n + s
        ),
        "If the second card's partner is remembered and she takes those two, the first card has still been seen: with "
        "`memory` it is remembered, else it is not. Here it always is.": turns_with(
            first_stays=lambda memory: 1.0
        ),
        "If the second card's partner is remembered and she takes those two, the first card has still been seen: with "
        "`memory` it is remembered. Here it never is.": turns_with(
            first_stays=lambda memory: 0.0
        ),
        "A card is remembered or not when it is seen. Two that are new are kept both with memory^2: here always "
        "both.": turns_with(lambda memory: (1.0, 0.0, 0.0)),
        "These are cards shown; a turn shows two.": lambda pairs, memory: (
            2 * turns_with()(pairs, memory)
        ),
        "The pairs themselves need no turns here: a turn that finds one counts, too.": lambda pairs, memory: (
            turns_with()(pairs, memory) - pairs
        ),
    },
    hint="From (n, s) the first card's partner is remembered with s / (2n + s). Else the second is its partner, 1 of "
    "2n + s - 1 cards; or the partner of a remembered one, s of them; or of another new pair, 2n - 2. (A simulation "
    "is near, and not exact.)",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="expected_turns" points=2
for case in range(6):
    pairs = 1 if case == 5 else int(random.integers(4, 10))
    memory = (1.0, 0.0, *random.uniform(0.2, 0.8, size=4))[case]
    publish(**{f"turns_{case}": expected_turns(pairs, float(memory))})

# %% [markdown]
# **Predict first.** Eight pairs. With a perfect memory, how many turns does it take on average: 8, 10, 13 or 16? With
# none it would be 64. Somebody who remembers every second card: nearer to which of the two?


# %% role="spoiler" fold="Turns for eight pairs by memory, exact and simulated"
def played(pairs, memory, random):
    """The turns of one game, card by card."""
    unknown, known, turns = list(np.repeat(np.arange(pairs), 2)), set(), 0

    def any_card():
        return unknown.pop(random.integers(len(unknown)))

    def seen(card):
        if random.random() < memory:
            known.add(card)
        else:
            unknown.append(card)

    while unknown:
        turns += 1
        one = any_card()
        if one in known:
            known.remove(one)
            continue
        other = any_card()
        if other in known:
            known.remove(other)
            turns += 1  # and takes these two in the next
            seen(one)
        elif other != one:
            seen(one)
            seen(other)
    return turns


random = np.random.default_rng(0)
memories = np.linspace(0, 1, 41)
exact = np.array([checked_expected_turns(8, memory) for memory in memories])
tried = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
games = np.array([[played(8, memory, random) for _ in range(400)] for memory in tried])
figure, axes = plt.subplots(figsize=(6.4, 3.4))
axes.plot(memories, exact, color=plots.COLOURS["generator"], label="exact mean")
low, high = np.quantile(games, [0.1, 0.9], axis=1)
axes.vlines(tried, low, high, color=plots.COLOURS["real"], linewidth=1)
axes.plot(
    tried,
    games.mean(axis=1),
    plots.MARKERS["real"],
    color=plots.COLOURS["real"],
    label="400 games each, and the middle 80 %",
)
axes.set(
    title="Turns for eight pairs",
    xlabel="share of seen cards that are remembered",
    ylabel="turns",
    ylim=(0, None),
)
axes.legend()
plots.show(
    figure,
    alt="A curve that falls from 64 turns without memory to 12 with all, steeply at first and then slowly; the "
    "means of simulated games lie on it, and eight of ten games are spread far around it on the left and "
    "little on the right.",
)
for memory, each in zip(tried, games, strict=True):
    error = each.std(ddof=1) / 20
    print(
        f"memory {memory:.2f}: exact {checked_expected_turns(8, memory):5.2f}, 400 games {each.mean():5.2f} ± "
        f"{error:.2f}, spread of one game {each.std(ddof=1):.1f}"
    )
    assert abs(each.mean() - checked_expected_turns(8, memory)) < 4 * error

# %% [markdown]
# More than twelve, however good the memory, since a card has to be seen before it can be remembered. And half a memory
# is nearly a whole one: 15.5 turns. The first quarter saves forty-four turns of 64, the last saves one. So who
# remembers half loses by three turns only, and a score says little: a single game of half a memory scatters by two.

# %%
MY_TURNS = None  # the moves that the page counted for you, for instance 14

if MY_TURNS is not None:
    mine = memories[np.abs(exact - MY_TURNS).argmin()]
    print(f"{MY_TURNS} turns are the mean of somebody who remembers {mine:.0%} of the cards")

# %% [markdown]
# ### Pictures of your own
# Photographs of five shells on a table, a child's drawings, what you painted: put 2 to 18 of them into a folder, each
# on a plain ground, name the files by what they show, and write the folder's path below. The ground is cut away as
# before; where it is not plain some of it stays. (A page takes at most 300 kB.)

# %%
from course_lib.datasets.folder import ENDINGS

MY_PICTURES = None  # for instance "my_shells"

if MY_PICTURES is not None:
    own = cutouts.cut_out(datasets.from_folder(MY_PICTURES, side=64))
    files = sorted(
        path for path in Path(MY_PICTURES).iterdir() if path.suffix.lower() in ENDINGS
    )
    heard = [path.stem.replace("_", " ") for path in files if not path.name.startswith(".")]
    size = pairs_game.save_game(with_alpha(*own), heard, folder / "my_pairs.html", "My game")
    print(f"{folder / 'my_pairs.html'}: {size:,} bytes, {', '.join(heard)}")

# %% [markdown]
# ## What we saw
# - A conditional GAN of 646 emoji obeys in 85 of a hundred, by a judge who knows 82 of a hundred real ones himself. A
#   correction that wants more than 1 says that something which it assumes is not so.
# - Jittered real emoji obey better and vary more. The network copies nothing, and has something in between.
# - k-means never rises, because each half of a step is best for what the other holds fixed. It ends in one of several
#   places. Each space makes the palette that wins by its own measure.
# - At an edge one sees a mixture. With one ground there are four unknowns and three equations, so somebody guesses;
#   what is mixed again must be the figure's own colour.
# - A closed path at even speed has no seam. A line can go round with steps of two. Even is not the same as alive.
# - Patches keep each 2 x 2 rule. How often they do it, a distance says, and how much is copied is to be said beside it.
#   What holds of a whole map no window sees: test it and reject.
# - One file can be a game for eyes and for ears. Its turns can be computed, and one game says little about a memory.
#
# ## Quiz
#
# <details><summary>1. Of real cats a judge recognises 60 %, and he calls 75 % of the pictures "cat" for which cats were
# asked. What follows for the share of cats among them?</summary>
# If he errs on them as on real ones, 0.75 is more than even all cats would give, so he does not, or it is chance. That
# they are all cats does not follow.</details>
#
# <details><summary>2. The same palette, found in CIELAB, is compared with one found in RGB, by the mean square in RGB.
# Which wins, and what does it show?</summary>
# The one from RGB, nearly always: k-means there minimises that number. It shows that the minimiser works.</details>
#
# <details><summary>3. Can a step of k-means make the inertia larger? And the mean distance, without the
# square?</summary>
# The inertia never. The mean distance may rise: the mean minimises squares, and not distances.</details>
#
# <details><summary>4. A sprite, cut out of white, has a dark rim when it is put on white again. What was done
# wrong?</summary>
# Alpha went in twice: the colour, in numbers from 0 as files have them, was multiplied by it when it was stored and
# again when it was mixed. On white such a pixel lacks light; a rim of left-over white would not be seen there at
# all.</details>
#
# <details><summary>5. A map of 1,000 x 1,000 tiles and one of 20 x 20 are made by the same program from the same
# example. Which of them would you expect to be nearer to it, by shares of 2 x 2?</summary> The large one: chance alone
# keeps 361 neighbourhoods well away from the shares that they were drawn from, and a million hardly. Compare maps of
# one size, or each with its floor.</details>
#
# <details><summary>6. Why does the game's page refuse two sprites with the same word, though their pictures
# differ?</summary>
# By ear they are the same. A player who hears "tomato" twice has no pair and cannot know why.</details>
#
# ## Where next
# Lesson 19, the studio, puts pictures, words and sounds of all lessons together. To go on here: train the GAN longer,
# or on kinds of your own (`sprite_gan.new_gan` and `train_on` take any eight labels); draw another island as text
# (`tile_world.from_text`) and see which of its rules survive; or give the page to somebody who uses a screen reader,
# and listen.
#
# ## References
# - M. Mirza, S. Osindero, *Conditional generative adversarial nets*, 2014 (arXiv:1411.1784). T. Miyato, M. Koyama,
#   *cGANs with projection discriminator*, ICLR 2018 (arXiv:1802.05637).
# - S. Zhao, Z. Liu, J. Lin, J.-Y. Zhu, S. Han, *Differentiable augmentation for data-efficient GAN training*, NeurIPS
#   2020 (arXiv:2006.10738).
# - W. J. Rogan, B. Gladen, *Estimating prevalence from the results of a screening test*, American Journal of
#   Epidemiology 107, 1978. Exercise 1 for two kinds.
# - N. Dalal, B. Triggs, *Histograms of oriented gradients for human detection*, CVPR 2005. The judge's edges.
# - S. P. Lloyd, *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28, 1982 (written in
#   1957). D. Arthur, S. Vassilvitskii, *k-means++: the advantages of careful seeding*, SODA 2007.
# - P. Heckbert, *Color image quantization for frame buffer display*, SIGGRAPH 1982. Palettes, before k-means was usual.
# - T. Porter, T. Duff, *Compositing digital images*, SIGGRAPH 1984. A. R. Smith, J. F. Blinn, *Blue screen matting*,
#   SIGGRAPH 1996.
# - A. A. Efros, W. T. Freeman, *Image quilting for texture synthesis and transfer*, SIGGRAPH 2001.
# - W3C, *ARIA authoring practices guide*. How a grid of buttons is walked with the arrow keys.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings: up to the good place to stop with exercises 1 to 3, then the rest. With 50 minutes: the
# table beside jittered emoji, your choice, the sheet, the game. Exercises 4 and 6 make good homework.
#
# **In class.** Let everybody choose sprites, give them words, and swap pages with a neighbour, who plays with closed
# eyes while somebody reads aloud what the status line says. Collect the turns of all games: the *mean* of a class has
# an error worth the name.
#
# **The training** takes some forty processor seconds. After it the lesson goes on with the generator in the repository
# (`data/make_sprites.py`), whatever the training before your eyes became.
#
# **Usual misconceptions.**
#
# - "A corrected share above 1 means that all obey." It means that the correction may not be used.
# - "k-means finds the best palette." It finds one that these two steps cannot better.
# - "CIELAB is right and RGB is wrong." By whose measure? Ask for one that neither minimises.
# - "Transparent means that white is left out." Eyes are white.
# - "An even film is a good animation." See the hop.
# - "Every rule is kept, so the map is right." Ask for a way from west to east.
#
# **Ask.**
#
# - "What does the network have that a folder of emoji has not?"
# - "Which measure here would you trust least, and what would you do instead?"
# - "Who cannot play your game, and why?"
