# %% [markdown]
# # Start here
#
# Welcome. In this course two neural networks play against each other: a **generator** draws pictures out of
# random numbers, and a **discriminator** tries to tell its drawings from real ones. Each gets better because the
# other does. You will work out why this game has a solution, build both networks yourself, and watch clothes
# appear out of noise on your own machine.
#
# This first page is short. It makes sure that everything runs, and shows how the lessons work, so that nothing
# but the subject is difficult later.
#
# **You will be able to**
#
# - run a lesson, cell by cell and from top to bottom;
# - write an answer, have it checked at once, and read what the check says;
# - say what your machine offers and how the course will use it;
# - save your work, at home, on Binder and on Colab;
# - shut a lesson down before you open the next one.
#
# **Time:** {minutes} minutes. **Assumed:** you have written a Python function before. No NumPy is needed that is not
# explained here.

# %% [markdown]
# ## Run your first cell
#
# A notebook is made of cells. Click on the cell below and press **Shift+Enter**: its code runs, its output
# appears under it, and the next cell is selected. While a cell is running it shows `[*]`; afterwards a number,
# which counts the cells you have run.
#
# Every lesson begins with two cells like these. The first, of which only a title shows, finds the course's own small
# library, `course_lib` (on Colab it fetches it); the second imports what the lesson needs. Neither has anything to
# print: the number in the brackets beside the second is the sign that it ran.

# %% role="setup"
import numpy as np

from course_lib.checks import check

random = np.random.default_rng(seed=0)

# %% [markdown]
# ## What you are going to make
#
# On the left, random numbers, 64 for each picture, drawn as 8 by 8 grey squares so that they can be seen: a
# generator is given nothing else. On the right, photographs of clothes from a collection called Fashion-MNIST, 28 by
# 28 pixels each: this is what its drawings should look like. In lesson 6 you train a network that goes from left to
# right, and it takes about a minute.
#
# The next cell is **folded**: only its title is shown, since how it draws is not the point. It runs like any other. To
# see its code, click on the line with the three dots in JupyterLab, and on *Show code* or twice on the title in Colab.

# %% fold="Draw random numbers beside garments"
import matplotlib.pyplot as plt

from course_lib import datasets, plots

plots.use_course_style()
garments = datasets.load("fashion_mnist")
noise = random.uniform(-1, 1, size=(16, 8, 8, 1))

figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.9))
for axes, images, title in (
    (left, noise, "What goes in: 64 random numbers each"),
    (right, garments.images_train[:16], "What should come out: garments"),
):
    axes.imshow(plots.tile(images), cmap="gray", vmin=0, vmax=255)
    axes.set_title(title)
    axes.set_axis_off()
plots.show(
    figure,
    alt="Two grids of 16 small pictures. Left: 8 by 8 grey squares each, nothing to be seen in them. "
    "Right: shoes, boots, sandals, tops and dresses on black.",
)
print(f"{noise[0].size} numbers go in, {garments.images_train[0].size} come out")

# %% [markdown]
# The pictures are arrays of numbers. It is worth a look at them, because one convention holds in all lessons:

# %% tags=["nbval-check-output"]
print(garments)
print("shape of the training images:", garments.images_train.shape)
print("type:", garments.images_train.dtype)
print(
    "darkest and brightest value:",
    garments.images_train.min(),
    "and",
    garments.images_train.max(),
)

# %% [markdown]
# The shape says: 60,000 images, 28 pixels high, 28 pixels wide, 1 channel (grey). The values lie **between -1,
# black, and 1, white**. Files store a pixel $p$ as a whole number from 0 to 255 instead, and the library has
# brought each one to
#
# $$x = \frac{p}{127.5} - 1 .$$
#
# Wherever this course can, it lets a cell check a formula with numbers. Here: black, white, and the grey in between.

# %% tags=["nbval-check-output"]
for p in (0, 127.5, 255):
    print(f"p = {p:5}  gives  x = {p / 127.5 - 1:4}")

# %% [markdown]
# ## What your machine offers
#
# The course runs on any laptop: nothing in it needs a graphics card, and if there is one, it is used. Run the
# next cell for a report of what was found here. Nothing stands under it yet: where the output is for you to find, as
# here or after a question to think about first, the lesson comes without it. Run such cells too, and all cells in
# their order: later ones go on with what earlier ones computed. *Precision* is the number format in which
# networks are trained; the library chooses the fastest one that your hardware is made for.

# %% role="spoiler"
from course_lib import device

print(device.report())

# %% [markdown]
# ## Exercises: how they work
#
# Each lesson has a few exercises. An exercise is a cell with an unfinished function, and under it stands a
# **check**: run your cell, then run the check, and it prints a line or two. You can try as often as you like, nobody
# is counting. Checks are folded, since they hold the right results; only the one of exercise 0 lies open.
#
# Here is one that is solved already, so that you can see all its parts. *Exercise 0: the array `images` has the
# shape (N, height, width, channels). Return the mean brightness of each image, an array of shape (N,).*


# %%
# Exercise 0 (solved)
def mean_brightness(images):
    """Mean over the pixels of each image: (N, height, width, channels) -> (N,)."""
    return images.mean(axis=(1, 2, 3))


# %% [markdown]
# And this is its check. It calls your function on small cases and compares the results with the right ones.

# %%
black_and_white = np.stack([np.full((2, 2, 1), -1.0), np.full((2, 2, 1), 1.0)])
cases = [(black_and_white, np.array([-1.0, 1.0]))]
usual_mistakes = {
    "This is one mean over all images together; leave the first axis out of the mean.": lambda images: (
        images.mean()
    )
}
check(0, mean_brightness, cases, mistakes=usual_mistakes)


# %% [markdown]
# A wrong answer is told what was seen, and gets a hint if it is a usual mistake. Suppose somebody had forgotten
# the axes:


# %%
def mean_brightness_without_axes(images):
    return images.mean()


check(0, mean_brightness_without_axes, cases, mistakes=usual_mistakes)

# %% [markdown]
# A check never stops the notebook, so you may leave an exercise, go on, and come back. And what you write is used:
# where later cells need your function `f`, its check hands on a function called `checked_f`. It is yours if it is
# right, and the course's own if it is not; the check says which.
#
# **If you do hand your notebook in,** your functions are run once more, on other inputs than the check's. An
# answer that works for the check's cases only will not do. Keep the name of the function and the line
# `# Exercise N`; apart from that, the cell is yours.
#
# ## Your turn
#
# Scanned photographs are often flat: their black is a dark grey and their white a light grey. One cures this by
# choosing two pixel values, `black` and `white`. Everything between them is stretched evenly over the whole range,
# everything darker becomes black, and everything brighter becomes white.
#
# **Exercise 1.** Write `stretch(pixels, black, white)`.
#
# - `pixels` is an array of whole numbers from 0 to 255, of type `uint8` and any shape; `black` < `white` are
#   whole numbers too.
# - Return an array of the same shape with values in our range: -1 where a pixel is `black` or darker, 1 where it is
#   `white` or brighter, and evenly in between.
#
# For example, `stretch(pixels, 50, 150)` turns the pixels 0, 50, 100, 150, 255 into -1, -1, 0, 1, 1.
# `np.clip(array, lowest, highest)` may be of use.


# %% role="exercise" grade_id="stretch"
# Exercise 1
def stretch(pixels, black, white):
    """Pixels 0..255 to [-1, 1]: -1 up to `black`, 1 from `white` on, evenly in between."""
    ### BEGIN SOLUTION
    share = (pixels.astype("float64") - black) / (white - black)  # 0 at black, 1 at white
    return 2 * np.clip(share, 0, 1) - 1
    ### END SOLUTION


# %% role="check" grade_id="stretch"
checked_stretch = check(
    1,
    "stretch",
    cases=[
        (
            (np.array([0, 50, 100, 150, 255], dtype="uint8"), 50, 150),
            np.array([-1.0, -1.0, 0.0, 1.0, 1.0]),
        ),
        (
            (np.array([[10, 60], [110, 240]], dtype="uint8"), 20, 220),
            np.array([[-1.0, -0.6], [-0.1, 1.0]]),
        ),
    ],
    mistakes={
        "Pixels darker than black end below -1 and brighter than white above 1; np.clip keeps them inside.": [
            [-2.0, -1.0, 0.0, 1.0, 3.1],
            [[-1.1, -0.6], [-0.1, 1.2]],
        ],
        "Your values go from 0 to 1, ours from -1 to 1: multiply by 2 and subtract 1.": [
            [0.0, 0.0, 0.5, 1.0, 1.0],
            [[0.0, 0.2], [0.45, 1.0]],
        ],
        "A uint8 knows no numbers below 0: 10 - 50 becomes 216. Start from pixels.astype('float64').": [
            [1.0, -1.0, 0.0, 1.0, 1.0],
            [[1.0, -0.6], [-0.1, 1.0]],
        ],
        "A uint8 knows no numbers below 0 and none above 255: 10 - 50 becomes 216, and 2 * 216 becomes 176. "
        "Start from pixels.astype('float64').": [
            [0.56, -1.0, 0.0, 1.0, 0.54],
            [[0.18, -0.6], [-0.1, -0.08]],
        ],
        "Clipped well. But the pixels are still of type uint8, which knows no numbers above 255: 2 * 200 becomes "
        "144. Start from pixels.astype('float64').": [
            [-1.0, -1.0, 0.0, 1.0, 1.0],
            [[-1.0, -0.6], [-0.1, -0.28]],
        ],
    },
    hint="First find the number that is 0 at black and 1 at white; then keep it in [0, 1]; then bring it to [-1, 1].",
    tolerance=1e-5,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="stretch" points=6 tolerance=1e-5
black, white = int(random.integers(20, 60)), int(random.integers(200, 240))  # over 128 apart
pixels = random.integers(0, 256, size=(3, 4, 5, 1)).astype("uint8")
publish(stretched=stretch(pixels, black, white))

# %% [markdown]
# Now see it work. A flat photograph is made of 16 garments, with no pixel darker than 70 and none brighter than 150,
# and `checked_stretch` brings it back: your function, if the check said so.

# %%
pixels = (garments.images_train[:16] + 1) * 127.5
flat = np.rint(70 + pixels * 80 / 255).astype("uint8")
stretched = checked_stretch(flat, 70, 150)
print(
    f"flat: {flat.min()} to {flat.max()}; stretched: {np.min(stretched):g} to {np.max(stretched):g}"
)

# %% fold="Draw the flat photographs and the stretched ones"
figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.9))
shown = {"Flat: 70 to 150": flat / 127.5 - 1, "Stretched": np.asarray(stretched)}
for axes, (title, images) in zip(panels, shown.items(), strict=True):
    axes.imshow(plots.tile(images), cmap="gray", vmin=0, vmax=255)
    axes.set_title(title)
    axes.set_axis_off()
plots.show(
    figure,
    alt="The same 16 garments twice. Left all in middle grey, hard to tell from their background. Right "
    "with black backgrounds and bright cloth.",
)

# %% [markdown]
# **A good place to stop.** You have run cells, read a check and written an answer; next comes a function that somebody
# else wrote, and that is wrong.
#
# ## Your turn again: a repair
# In some exercises the function is there already, and it is wrong. Here somebody wanted to go the other way, from
# our range back to whole numbers, and to use fewer greys than 256, because a picture of 16 greys makes a smaller
# file. (Later lessons do this with some of their figures.)
#
# This is what they wrote. With three levels it should turn the numbers -1, -0.4, 0.1, 0.9 into 0, 1, 1, 2: black
# becomes 0, white 2, and everything in between the nearest whole number.
#
# **Predict first.** What does it make of these four?


# %% role="spoiler"
def first_try(images, levels):
    return (images * levels).astype(int)


print(first_try(np.array([-1.0, -0.4, 0.1, 0.9]), 3))

# %% [markdown]
# **Exercise 2.** Mend `to_levels(images, levels)`, which begins as that first try. It has three faults. Begin with
# the range, and run the check after each change: it tells you how far you are.
#
# - `images` is an array of floats in our range, -1 to 1, of any shape; `levels` is a whole number, 2 or more.
# - Return an array of whole numbers of the same shape: -1 becomes 0, 1 becomes `levels - 1`, and everything in
#   between the *nearest* whole number of an even scale.


# %% role="exercise" grade_id="to_levels"
# Exercise 2
def to_levels(images, levels):
    """Values in [-1, 1] to the whole numbers 0 .. levels - 1, each to the nearest."""
    ### BEGIN BROKEN
    # return (images * levels).astype(int)
    ### END BROKEN
    ### BEGIN SOLUTION
    share = (images + 1) / 2  # 0 at black, 1 at white
    return np.rint(share * (levels - 1)).astype(int)
    ### END SOLUTION


# %% role="check" grade_id="to_levels"
checked_to_levels = check(
    2,
    "to_levels",
    cases=[
        ((np.array([-1.0, -0.4, 0.1, 0.9]), 3), np.array([0, 1, 1, 2])),
        ((np.array([[-1.0, -0.5], [0.3, 1.0]]), 16), np.array([[0, 4], [10, 15]])),
        ((np.array([-1.0, 0.375, 1.0]), 300), np.array([0, 206, 299])),
    ],
    mistakes={
        "Black should become 0, and yours is negative: first bring -1 .. 1 to 0 .. 1.": [
            [-3, -1, 0, 2],
            [[-16, -8], [4, 16]],
            [-300, 112, 300],
        ],
        "The range begins right. But among 16 levels, counted from 0, the last is 15: white is one too bright.": [
            [0, 0, 1, 2],
            [[0, 4], [10, 16]],
            [0, 206, 300],
        ],
        "Nearly: astype(int) cuts off everything behind the point, so that 1.9 becomes 1. np.rint goes to the "
        "nearest.": [[0, 0, 1, 1], [[0, 3], [9, 15]], [0, 205, 299]],
        "Rounded well. But among 16 levels, counted from 0, the last is 15: multiply by levels - 1.": [
            [0, 1, 2, 3],
            [[0, 4], [10, 16]],
            [0, 206, 300],
        ],
        "Right as long as the levels are few: int8 holds numbers up to 127 only, and larger ones wrap.": [
            [0, 1, 1, 2],
            [[0, 4], [10, 15]],
            [0, -50, 43],
        ],
        "Right as long as the levels are few: uint8 holds numbers up to 255 only, and larger ones wrap.": [
            [0, 1, 1, 2],
            [[0, 4], [10, 15]],
            [0, 206, 43],
        ],
    },
    hint="Three steps: to a share between 0 and 1; times the number of the last level; to the nearest whole number.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="to_levels" points=4 tolerance=1e-6
for case in range(3):
    images = random.uniform(-1, 1, size=(4, 3, 5, 1))
    publish(**{f"levels_{case}": to_levels(images, int(random.integers(5, 200)))})

# %% [markdown]
# Both of your functions in a row: the flat photographs are stretched, and then drawn with 2, 4 and 16 greys. How few
# are enough for you to tell a shirt from a boot?

# %% fold="Draw the garments with 2, 4 and 16 greys"
figure, panels = plt.subplots(1, 3, figsize=(9.6, 3.6))
for axes, levels in zip(panels, (2, 4, 16), strict=True):
    greys = np.asarray(checked_to_levels(np.asarray(stretched), levels))
    axes.imshow(plots.tile(2 * greys / (levels - 1) - 1), cmap="gray", vmin=0, vmax=255)
    axes.set_title(f"{len(np.unique(greys))} greys")
    axes.set_axis_off()
plots.show(
    figure,
    alt="Sixteen garments three times. With 2 greys they are white shapes on black, with 4 folds and sleeves can be "
    "seen, with 16 they look like photographs.",
)

# %% [markdown]
# ## Save your work
#
# - **On your own machine** JupyterLab saves every two minutes into the course's folder; *File > Save Notebook*, or
#   Ctrl+S (Cmd+S on a Mac), saves at once. When the course has a newer version, `python3 -m course_lib update` gets it
#   and keeps what you wrote.
# - **On Binder** the machine is thrown away some ten minutes after you leave it, and your work with it. Use
#   *File > Download* before you go. Next time, drag the file into the list of files on the left.
# - **On Colab** changes are lost unless the notebook lies in your Drive: *File > Save a copy in Drive*, at the very
#   start. *File > Download > Download .ipynb* gives you the file to hand in.
#
# If a notebook is ever in a muddle, *Kernel > Restart Kernel and Run All Cells* (on Colab *Runtime > Restart
# session and run all*) starts it afresh. Your text and code stay, only the values computed so far are forgotten.
# It is a good habit before you hand anything in.
#
# ## Shut a lesson down before you open the next one
#
# Behind every open notebook runs a program, its **kernel**, which holds all its arrays and networks in memory.
# Closing the tab does not end it. One lesson that uses TensorFlow takes about 1 GB; Binder gives you 2 GB for
# everything together, and when they are used up the kernel dies without a word.
#
# - In JupyterLab, on your machine or on Binder: *Kernel > Shut Down Kernel*, or the list of running kernels, the
#   round symbol with a square in it on the far left.
# - On Colab: *Runtime > Disconnect and delete runtime*.
#
# ## Two commands
#
# In a terminal, in the course's folder, one command opens the course and another runs all its tests. Both set up
# what is missing the first time. (On Windows write `py` for `python3`.)
#
# ```
# python3 -m course_lib lab
# python3 -m course_lib test
# ```
#
# Two more are good to know: `python3 -m course_lib doctor` looks for anything that is wrong with your installation
# and says how to mend it, and `python3 -m course_lib train` trains the network of lesson 6 without a notebook.
# Put `--help` behind any of them.
#
# ## When you are stuck
#
# 1. Read the last line of the error: it names what went wrong. The lines above it lead to the place.
# 2. Ask for help on a function, as the next cell does: it shows what the function takes and returns. In an empty
#    cell `datasets.load?` does the same, and `datasets.load??` shows its source; the library was written to be read.
# 3. Print shapes: most mistakes with arrays are mistakes of shape.
# 4. Restart the kernel and run all cells. If the error is gone, a cell had been run out of order.
# 5. `python3 -m course_lib doctor`, in a terminal.

# %%
help(datasets.load)

# %% [markdown]
# ## What we saw
#
# - Shift+Enter runs a cell; a check under an exercise says what is right or what was seen, and hands on the function
#   with which the lesson goes on, yours if it is right.
# - Images are arrays of shape (batch, height, width, channels) with values between -1 and 1.
# - A `uint8` wraps around: convert to floats before you calculate. `astype(int)` cuts off: round first.
# - Save, download, and shut the kernel down before the next lesson.
#
# ## Quiz
#
# Answer for yourself, then open the answer by a click on the question.
#
# <details><summary>1. You close a lesson's tab and open the next one. What is still in memory?</summary>
# Everything the first lesson computed: closing a tab does not end its kernel.</details>
#
# <details><summary>2. What is the shape of 64 colour images, 32 pixels high and 48 wide?</summary>
# (64, 32, 48, 3): batch, height, width, channels.</details>
#
# <details><summary>3. You change a function in a cell near the top, and a cell near the bottom still shows the old
# result. Why?</summary>
# A cell does not run again by itself. Its output is from the last time you ran it, and the kernel knows the old
# function until you run the changed cell: run both, in this order.</details>
#
# <details><summary>4. Your session on Binder ran all morning; you come back after lunch. What is left of your
# work?</summary>
# Only what you downloaded. The machine is thrown away some ten minutes after you leave it.</details>
#
# <details><summary>5. Someone shows a discriminator real images with values from 0 to 255, while the generator can
# only draw values from -1 to 1. How would it tell real from drawn?</summary>
# By brightness alone: any pixel above 1 is real. It never needs to look at shapes, and the generator learns
# nothing. Lesson 8 is about faults like this one.</details>
#
# ## Where next
#
# Lesson 1, *GAN mathematics*: what does the discriminator compute when it plays as well as it can, and
# what is the best the generator can do about it?
#
# ## References
#
# - I. Goodfellow and others, *Generative adversarial nets*, NeurIPS 2014. The paper it all began with.
# - H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms*, 2017, arXiv:1708.07747. Where the garments come from.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Most of it goes into the two exercises. Let everybody run this page before the first session,
# so that installations are mended at home.
#
# **Usual misconceptions.** That the wrapped-around `uint8` is a bug of NumPy: have the class compute 10 - 50 on
# paper modulo 256. That closing a tab frees memory: let them watch the list of kernels.
#
# **Ask.** "Why -1 to 1 and not 0 to 1?" (The generator's last layer is a tanh; zero-centred inputs also suit the
# first layer of the discriminator. Lesson 6 comes back to it.) "Is the exercise's function still right if black
# and white are exchanged?" (Yes: it then draws the negative. `np.interp` would not.) "Exercise 2 takes three
# levels to 0, 1 and 2. Which share of evenly spread values becomes 0?" (A quarter: the two end levels have half
# as much room as the others.)
