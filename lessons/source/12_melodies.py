# %% [markdown]
# # 12. Melodies
# A tune is a short line of notes that people carried in their heads for two hundred years. Here a machine learns from
# some three thousand of them, in five ways: it counts what came after what, it remembers, it looks back, it answers a
# phrase, and it plays the game of this course on bars drawn as pictures. Everything is drawn, and what can be heard is
# heard. Whether it is *music*, you judge blind. How likely a tune was, how much of one was copied, and whether
# the network beats the counting, are numbers, and you write the functions that give them.
#
# **You will be able to**
#
# - turn tunes into tokens, and say what a model's bits are bits *of*;
# - split a collection so that no variant of a tune sits on both sides, and measure what a careless split hides;
# - write the smoothing of an n-gram, one head of causal attention, and the straight-through step, and check each;
# - compare counting, a recurrent network and attention on equal compute, on tunes that none of them has met;
# - judge what came out by statistics, by ear, and by the longest run that was copied.
#
# **Time:** {minutes} minutes, six exercises included. All cells together run in about three minutes. **Assumed:**
# Python and NumPy, a first Keras course, the GAN of lesson 6 for one section. No music is assumed: the words it
# needs are explained where the tunes come in.
#
# **Notation.** A tune is a sequence of events $x_1, \dots, x_n$ from a vocabulary, closed by $x_{n+1}$ = END;
# $V$ is how many things can come next, END and *unknown* among them.
# $x_{<t}$ is all that comes before $x_t$. Here $\log_2$ is written out wherever bits are meant; $\log$ is natural.

# %% role="setup"
import itertools

import numpy as np

from course_lib.checks import check, check_that

# %% [markdown]
# ## Where we are going
# Four melodies. All begin with the same bar, the first of a tune that no model here has met. One goes on as the tune
# does; one is continued by counting; one by a network (trained beforehand, longer than we can wait); and one has the
# notes of the tune in random order.

# %% fold="Load the tunes, two models, and continue one bar in four ways"
from IPython.display import display

from course_lib import device, plots
from course_lib.datasets import melodies, tune_bars, tune_families
from course_lib.datasets.tables import read_table
from course_lib.media import notes as note_names
from course_lib.media import sound
from course_lib.models.sequences import ngram, pretrained, scoring
from course_lib.plots import piano_roll

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
plots.use_course_style()


def cut(notes, length):
    """The first `length` sixteenths of a melody; a note that lasts longer is cut off."""
    kept = notes[: np.searchsorted(np.cumsum(notes[:, 1]), length) + 1].copy()
    kept[-1, 1] -= max(0, kept[:, 1].sum() - length)
    return kept


all_tunes = melodies.load_melodies()
parts = tune_families.split(all_tunes, seed=0)
train, validation, test = ([melodies.normalized(tune) for tune in part] for part in parts)
network, words = pretrained.recurrent()
train_ids, validation_ids, test_ids = (
    [words.encode(tune.events) for tune in part] for part in (train, validation, test)
)
counted = ngram.NGram(len(words), order=3).fit(train_ids)

asked = next(
    tune
    for tune in test
    if tune.meter == "4/4" and tune_bars.phrase_pairs(tune) and tune_bars.pickup(tune) == 0
)
first_bar = cut(asked.notes, 16)
prompt = words.encode(map(tuple, first_bar.tolist()))


def continued(model, seed):
    """Four bars that begin with the first bar of the tune asked for."""
    ids = scoring.sample(model, length=64, prompt=prompt, seed=seed)[0]
    return cut(melodies.to_notes(words.decode(ids)), 64)


rest = cut(asked.notes, 64)[len(first_bar) :]
four = {
    "the network": continued(network, seed=3),
    "notes in random order": np.concatenate(
        [first_bar, np.random.default_rng(0).permutation(rest)]
    ),
    "the tune": cut(asked.notes, 64),
    "counting": continued(counted, seed=1),
}
letters = dict(zip("ABCD", four.values(), strict=True))
plots.show(
    piano_roll.piano_rolls(letters, title="Which is which?"),
    alt="Four piano rolls of four bars, A to D, with the same first bar. In three the line moves mostly by steps and "
    "small leaps; in one it jumps about without aim.",
)
for letter, notes in letters.items():
    display(sound.play(cut(notes, 48), f"melody {letter}, its first three bars", tempo=240))

# %% [markdown]
# **Predict first.** Which is which? Write down four letters, and what gave each away.

# %% role="spoiler" fold="Who is who, and which training tune each is most like"
from course_lib.scores import melody_copies

train_notes = [tune.notes for tune in train]


def most_like(notes):
    """The longest run of a melody that stands in a training tune, in words."""
    (run,) = melody_copies.longest_runs([notes], train_notes)
    return f"{run.notes} of {len(notes)} notes in {train[run.tune].title.rstrip(' -.')}"


for letter, (name, notes) in zip("ABCD", four.items(), strict=True):
    print(f"{letter} is {name}; longest run shared with a training tune: {most_like(notes)}")

# %% [markdown]
# How sure were you? Four bars are short. Judging melodies by ear is a matter of
# practice and of taste, so most of this lesson counts; at the end you listen again, blind.
#
# ## Tunes as tokens
# The tunes come from three printed collections, O'Neill's *Music of Ireland* (1903), Ryan's *Mammoth Collection* (1883)
# and Aird's *Airs* (1782), by way of people who typed them in (`data/README.md` names them). A note is a **pitch**, the
# number of a piano key in the MIDI standard, 60 for the C in the middle and 1 more for every semitone, and a **length**
# in sixteenths; pitch 0 is a rest. (A semitone is the smallest step of a piano. A *bar* is what one counts: four
# quarter notes in 4/4, six eighths in 6/8, so sixteen sixteenths are a bar of 4/4. Notes before the first full bar are
# a *pick-up*. A *reel* is a fast dance in 4/4 or 2/2. The *tonic* is the note on which the scale begins, and the key
# signature, its sharps and flats, says which seven notes it has.) We take both together as one **event**, so that a
# tune is a sequence of tokens like a sentence of words.

# %%
tune = all_tunes[3]
print(
    f"{tune.title}, {tune.meter}, {tune.key_sharps} sharps, {tune.mode}, {len(tune.events)} events"
)
print("first events:", *tune.events[:8])
print("in names:", note_names.in_words(tune.notes[:8]))
lengths = [len(tune.events) for tune in all_tunes]
print(
    f"{len(all_tunes):,} tunes, {min(lengths)} to {max(lengths)} events, {sum(lengths):,} in all"
)
print(f"{len({event for tune in all_tunes for event in tune.events})} different events")

# %% fold="Draw its beginning and let it be heard"
length = tune_bars.bar_length(tune.meter)
begins = sound.beginning(tune.notes, tempo=180, longest=5)
plots.show(
    piano_roll.piano_roll(begins, tune.title, bar=length, pickup=tune_bars.pickup(tune)),
    alt=f"A piano roll: {note_names.in_words(begins)}.",
)
display(sound.play(begins, f"the beginning of {tune.title}", tempo=180, timbre="string"))

# %% [markdown]
# Whoever sings a tune two semitones higher sings the same tune. The tokens do not know that: every number of every
# event has changed, and a model that has met the one knows nothing of the other. Two remedies. **Normalise**: move
# every tune so that its key signature has no sharps and no flats, and all tunes share the same seven pitch
# classes. Or **augment**: show the model each tune in several keys, as pictures are shown mirrored. Neither changes an
# interval; what normalising does lose is the key itself, which we do without.

# %% tags=["nbval-check-output"]
moved = melodies.transposed(tune, 3)
normal = melodies.normalized(tune)
for name, each in (
    ("as printed", tune),
    ("three semitones up", moved),
    ("normalised", normal),
):
    names = [note_names.pitch_name(int(pitch)) for pitch in each.notes[:6, 0]]
    print(f"{name:20} {each.key_sharps:2} sharps: {' '.join(names)}")
    assert np.array_equal(melodies.intervals(each.notes), melodies.intervals(tune.notes))
print(
    "augmented:", len(melodies.augmented([tune])), "tunes from one, the same intervals in each"
)

# %% [markdown]
# ## What a model of sequences says
# A model gives the next event a probability, whatever came before. By the **chain rule** it then gives one to every
# tune:
#
# $$ P(x_1, \dots, x_{n+1}) = \prod_{t=1}^{n+1} P(x_t \mid x_{<t}) . $$
#
# Nothing is assumed in that, neither that events are independent nor that only the last few count. And with END
# it is a distribution over tunes of *all* lengths: over all of them together these probabilities add up to 1, provided
# that every tune ends some day, as it does where END keeps a share after every context. The cell counts a toy language
# of two letters and checks both: what has ended after six letters and what has not add up to 1.

# %% tags=["nbval-check-output"]
toy = ngram.NGram(5, order=2).fit([np.array(each) for each in ([3, 4, 3], [3, 3], [4, 3])])


def probability(sequence, ended=True):
    """P of a sequence by the chain rule, END included, or of all that begin with it."""
    whole = [*sequence, 1] if ended else list(sequence)  # 1 is END
    steps = [
        toy.next_probabilities([np.array(whole[:t], int)])[0, whole[t]]
        for t in range(len(whole))
    ]
    return np.prod(steps)


total = 0.0
for size in range(7):
    total += sum(probability(each) for each in itertools.product((2, 3, 4), repeat=size))
    if size % 2 == 0:
        print(f"all sequences of up to {size} letters: {total:.4f}")
going_on = sum(
    probability(each, ended=False) for each in itertools.product((2, 3, 4), repeat=7)
)
print(f"not ended by then: {going_on:.4f}")
assert np.isclose(total + going_on, 1)
one = np.array([3, 4, 3])
assert np.isclose(np.log2(probability(one)), -toy.bits_each([one])[0].sum())

# %% [markdown]
# (2 is *unknown*, whatever the training tunes did not hold; it gets its share, too.)
#
# As in lesson 10, a probability is a price: to write a tune down takes $-\log_2 P$ bits. Over many held-out tunes with
# $N$ events in all, END counted with each,
#
# $$ \text{bits an event} = -\frac1N \sum_{\text{tunes}} \log_2 P(x_1, \dots, x_{n+1})
#    = -\frac1N \sum_{\text{events}} \log_2 P(x_t \mid x_{<t}) , $$
#
# the **cross-entropy** in base 2, between what comes and what was expected. Its power of two is the **perplexity**:
# among how many equally likely events the model is still choosing. A model that knows nothing has $\log_2 V$ bits and
# a perplexity of $V$.
#
# ## Exercise 1: bits of what?
# Bits an event depend on what is called an event. Cut every note into sixteenths and there are more events, each easier
# to guess; the bits an event fall, and nothing is better. Ways of writing from which the tune can be read back are
# compared by the price of a stretch of music: **bits a quarter note**, all bits of all tunes over all their quarter
# notes.
#
# `prices(probabilities, quarters)` should return bits an event, bits a quarter note, and the perplexity an event.
# `probabilities` is a list with one array a tune, what the model gave each event that came, END included; `quarters` is
# how long each tune lasts. The function is made of lines that are often seen. More than one is wrong.


# %% role="exercise" grade_id="prices"
# Exercise 1
def prices(probabilities, quarters):
    """(bits an event, bits a quarter note, perplexity) over all tunes."""
    ### BEGIN BROKEN
    # costs = [-np.mean(np.log(each)) for each in probabilities]
    # event = np.mean(costs)
    # quarter = np.mean([cost / length for cost, length in zip(costs, quarters)])
    # return event, quarter, np.exp(event)
    ### END BROKEN
    ### BEGIN SOLUTION
    bits = -sum(np.sum(np.log2(each)) for each in probabilities)
    event = bits / sum(len(each) for each in probabilities)
    return event, bits / np.sum(quarters), 2.0**event
    ### END SOLUTION


# %% role="check" grade_id="prices"
def priced(base=2.0, tunes=False, events=False, perplexity=2.0, ends=True):
    """The three prices, or with one of the usual faults."""

    def price(probabilities, quarters):
        each = [np.log(tune if ends else tune[:-1]) / np.log(base) for tune in probabilities]
        if tunes:
            event = -np.mean([cost.mean() for cost in each])
            quarter = -np.mean(
                [
                    (c.mean() if events else c.sum()) / q
                    for c, q in zip(each, quarters, strict=True)
                ]
            )
        else:
            event = -np.concatenate(each).mean()
            quarter = -np.concatenate(each).sum() / np.sum(quarters)
        if events and not tunes:
            quarter = -sum(c.mean() for c in each) / np.sum(quarters)
        return event, quarter, perplexity**event

    return price


def some_tunes(seed, count=4):
    random = np.random.default_rng(seed)
    sizes = random.integers(3, 12, size=count)
    return [random.uniform(0.05, 0.9, size=n) for n in sizes], random.integers(
        2, 9, size=count
    ) / 1.0


tune_cases = [some_tunes(0), some_tunes(1), some_tunes(2, count=2)]
checked_prices = check(
    1,
    "prices",
    cases=[(case, priced()(*case)) for case in tune_cases],
    mistakes={
        "These are nats: bits need the logarithm in base 2. (And 2 to the power of bits is the perplexity.)": priced(
            base=np.e, perplexity=np.e
        ),
        "The logarithms are natural and the power is one of 2: take the same base for both, 2.": priced(
            base=np.e
        ),
        "The bits are right. Their perplexity is 2 ** bits; np.exp is for nats.": priced(
            perplexity=np.e
        ),
        "This is the mean of the tunes' own means, in which short tunes count too much: all bits over all events.": (
            priced(tunes=True)
        ),
        "Nothing is changed yet. Look at the base of the logarithm first, then at what is added up before dividing.": (
            priced(base=np.e, tunes=True, events=True, perplexity=np.e)
        ),
        "The base is right. Left are means of means: add all bits up first, and divide their sum twice.": priced(
            tunes=True, events=True
        ),
        "The mean of the tunes' own means, in nats: all bits over all events, in base 2.": priced(
            base=np.e, tunes=True, perplexity=np.e
        ),
        "A quarter note's price is *all* bits of the tunes over all their quarters, not their bits an event.": priced(
            events=True
        ),
        "END is an event, and costs bits like the others.": priced(ends=False),
    },
    hint="Three things: the base of the logarithm, what is added up before anything is divided, and the base of the "
    "power. Take the sum of all bits once, and divide it twice.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="prices" points=1
for case in range(3):
    sizes = random.integers(3, 20, size=int(random.integers(3, 7)))
    given = [random.uniform(0.02, 0.95, size=int(n)) for n in sizes]
    publish(
        **{f"prices_{case}": np.array(prices(given, random.uniform(2, 20, size=len(sizes))))}
    )

# %% [markdown]
# ## Who has met whom?
# A collection of traditional music holds the same tune many times, under other titles, in other keys, with a note
# changed here and there. If one variant is among the training tunes and another among the held-out ones, then a model
# that learns by heart looks as if it knew music. A split must keep relatives together.
#
# ## Exercise 2: count the relatives
# We call two tunes **relatives** if they share `run` successive intervals, anywhere in either. An interval is the
# number of semitones from one sounding note to the next; rests (pitch 0) are skipped. So neither the key matters, nor
# the rhythm, nor a pick-up. Write `relatives(training, held_out, run)`: two lists of arrays of pitches, and for each
# held-out tune the number of training tunes that are its relatives.


# %% role="exercise" grade_id="relatives"
# Exercise 2
def relatives(training, held_out, run):
    """For each held-out tune, how many training tunes share `run` successive intervals with it; int (held_out,)."""

    ### BEGIN SOLUTION
    def runs(pitches):
        steps = np.diff(pitches[pitches > 0]).tolist()
        return {tuple(steps[i : i + run]) for i in range(len(steps) - run + 1)}

    known = [runs(tune) for tune in training]
    ours = [runs(tune) for tune in held_out]
    return np.array([sum(not each.isdisjoint(other) for other in known) for each in ours])
    ### END SOLUTION


# %% role="check" grade_id="relatives"
def related(key=True, rests="", opening=False, notes=0, often=False, ordered=True, last=True):
    """How many relatives each has, or with one of the usual faults."""

    def runs(pitches, run, side):
        pitches = np.asarray(pitches)
        steps = pitches if side in rests else pitches[pitches > 0]
        steps = (np.diff(steps) if key else steps).tolist()
        run = run - notes
        found = [
            tuple(steps[i : i + run]) for i in range(len(steps) - run + (1 if last else 0))
        ]
        found = found[:1] if opening else found
        return found if ordered else [tuple(sorted(each)) for each in found]

    def count(training, held_out, run):
        ours = [runs(tune, run, "held out") for tune in held_out]
        theirs = [runs(tune, run, "training") for tune in training]
        if often:
            return np.array(
                [sum(each in known for known in theirs for each in set(one)) for one in ours]
            )
        return np.array([sum(bool({*one} & {*known}) for known in theirs) for one in ours])

    return count


def some_pitches(seed):
    """Tunes with planted passages: in another key, across a rest, at the very end, reordered, one note too short."""
    random = np.random.default_rng(seed)

    def tune(size):
        return 60 + np.cumsum(random.integers(-5, 6, size=size))

    run = int(random.integers(4, 6))
    training = [tune(int(random.integers(14, 22))) for _ in range(6)]
    held_out = []
    for place in range(6):
        source, new = training[place], tune(7)
        passage = source[3 : 3 + run + 1 + (place == 1)]
        if place == 1:
            passage = source[-(run + 1) :]  # only the last window holds it
        elif place == 2:
            passage = passage + 3
        elif place == 3:
            passage = np.insert(passage + 2, 2, 0)  # a rest in the middle
        elif place == 4:
            passage = passage[:-1]  # one interval too few
        else:
            steps = np.diff(passage) if place == 5 else None
            passage = (
                passage
                if steps is None
                else 60 + np.concatenate([[0], np.cumsum(steps[::-1])])
            )
        held_out.append(np.concatenate([new, passage] if place % 2 else [passage, new[::-1]]))
    training.append(np.concatenate([training[0][:12], training[2][2:14]]))
    held_out.append(training[2][: run + 5].copy())  # shares several runs with one tune
    falls = next(i for i, step in enumerate(np.diff(training[5][:-run])) if step < 0)
    steps = np.diff(training[5][falls : falls + run + 1])
    # the first step goes up instead
    held_out.append(60 + np.cumsum([0, -steps[0], *steps[1:]]))
    high = training[4][2 : run + 3].copy()
    high[2:] += 12  # another interval, though the pitch classes are the same
    held_out.append(high)
    training = [
        np.insert(each, int(random.integers(3, len(each) - 3)), 0) for each in training
    ]
    return training, held_out, run


relative_cases = [some_pitches(seed) for seed in range(3)]
checked_relatives = check(
    2,
    "relatives",
    cases=[(case, related()(*case)) for case in relative_cases],
    mistakes={
        "These compare pitches: sung two semitones higher it is the same tune. Compare intervals.": related(
            key=False
        ),
        "A rest is no pitch: leave the zeros out before you take differences.": related(
            rests="held out, training"
        ),
        "Rests are left out of the held-out tunes only; the training tunes have some, too.": related(
            rests="training"
        ),
        "Only the openings are compared here; a run may stand anywhere in either tune.": related(
            opening=True
        ),
        "`run` counts intervals, and this asks for `run` notes, which have one interval fewer.": related(
            notes=1
        ),
        "`run` intervals are wanted, and this asks for one more.": related(notes=-1),
        "A training tune is one relative, however many runs the two share.": related(
            often=True
        ),
        "The intervals must come in the same order.": related(ordered=False),
        "The last window is missing: there are len(steps) - run + 1 of them.": related(
            last=False
        ),
    },
    hint="Make a set of tuples for each tune: all windows of `run` successive differences of its sounding pitches. Two "
    "tunes are relatives if their sets have anything in common.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="relatives" points=2
for case in range(3):
    run = int(random.integers(3, 6))
    training = [
        60 + np.cumsum(random.integers(-4, 5, size=int(random.integers(14, 24))))
        for _ in range(9)
    ]
    held_out = []
    for place in range(10):
        source, new = (
            training[int(random.integers(9))],
            60 + np.cumsum(random.integers(-4, 5, size=6)),
        )
        size = run + int(random.integers(0, 4))  # at times one note too few
        start = (
            len(source) - size
            if place % 3 == 0
            else int(random.integers(0, len(source) - size))
        )
        passage = source[start : start + size] + int(random.integers(0, 5))
        if place % 2:
            passage = np.insert(passage, int(random.integers(1, size)), 0)
        held_out.append(
            np.concatenate([new, passage] if random.random() < 0.5 else [passage, new])
        )
    # Two passages that are nobody's: one jumps an octave on its way, one rises first where its model falls
    steps = np.diff(training[0])
    steps[1] = -2
    training[0] = 60 + np.concatenate([[0], np.cumsum(steps)])
    octave = training[1][2 : run + 3].copy()
    octave[2:] += 12
    held_out += [octave, 60 + np.concatenate([[0, 2], 2 + np.cumsum(steps[2 : run + 1])])]
    training = [np.insert(each, int(random.integers(1, len(each))), 0) for each in training]
    publish(**{f"relatives_{case}": np.asarray(relatives(training, held_out, run))})

# %% [markdown]
# Your function on three splits of the same collection. *At random*, tune by tune. *By title*: tunes of one name stay
# together. *By family*: tunes stay together that share eight intervals of their openings, or twenty anywhere, directly
# or by way of others; this is the split of the lesson. Sixty held-out tunes against the training tunes of each, with
# runs of 16 intervals, two bars or three. (By family no run of 20 can cross: that is how it was made. Shorter ones
# may.) Beside them two models that count (they are explained below), one with a short memory and one, of order 6, that
# learns whole bars by heart: how many bits an event does each seem to need? (If your function takes minutes, make each
# tune's set once, not for each pair.)
#
# **Predict first.** Of sixty tunes held out at random, how many have a relative among the training tunes? And by title?


# %% role="spoiler" fold="Count relatives across three splits"
def split_by(group, seed=0):
    """A tenth of the groups held out, the rest to train on."""
    names = np.random.default_rng(seed).permutation(np.unique(group))
    held_out = np.isin(group, names[: len(names) // 10])
    return (
        [tune for tune, out in zip(all_tunes, held_out, strict=True) if not out],
        [tune for tune, out in zip(all_tunes, held_out, strict=True) if out],
    )


splits = {
    "at random": split_by(np.arange(len(all_tunes))),
    "by title": split_by(tune_families.by_title(all_tunes)),
    "by family": (parts.train, parts.test),
}
for name, (here, there) in splits.items():
    found = checked_relatives(
        [tune.notes[:, 0] for tune in here],
        [there[place].notes[:, 0] for place in np.linspace(0, len(there) - 1, 60).astype(int)],
        16,
    )
    learnt, unheard = (
        [words.encode(melodies.normalized(tune).events) for tune in each]
        for each in (here, there)
    )
    line = f"{name:10} {np.mean(np.asarray(found) > 0):4.0%} have a relative;"
    for order in (3, 6):
        model = ngram.NGram(len(words), order).fit(learnt)
        line += " order {}: {:.2f} +- {:.2f} bits,".format(
            order, *scoring.spread(model, unheard)
        )
    print(line[:-1])

# %% [markdown]
# At random or by title about a quarter of what is held out has been met, by family about one in thirty. At random and
# by family the short memory needs the same number of bits. The one that learns by heart looks a third of a bit better
# at random: so much of its knowledge was acquaintance, and the better a model learns by heart, the more it is
# flattered. Titles are little help: one tune has many names, and one name many tunes. (Sixty tunes leave six points of
# error, so they do not say which of the first two is ahead. And the tunes held out by title happen to be easier for the
# short memory, too: three splits are three different exams.)
#
# ## Counting: the n-gram
# The simplest model of sequences looks at the last $m - 1$ events and counts what came after them in training. Of order
# $m = 1$ it knows only which events are frequent; of order 3 it knows what follows each pair. With a longer context
# the counts are fewer, and most contexts have never been seen. So one mixes: let $c(h, x)$ be how often $x$ came after
# the context $h$, $n(h) = \sum_x c(h, x)$, and $t(h)$ the number of *different* events that came. **Witten and Bell**
# (1991) take $t(h)$ as the measure of how ready this context is for something new:
#
# $$ P(x \mid h) = \frac{c(h, x) + t(h)\, P(x \mid h')}{n(h) + t(h)} , $$
#
# where $h'$ is the context without its oldest event, and below the empty context everything is equally likely,
# $1/V$. If $P(\cdot \mid h')$ adds up to 1, so does this: the numerators add up to $n(h) + t(h)$.
#
# ## Exercise 3: repair a smoothing
# `witten_bell(counts)` gets a table, one row for each context from the empty one to the longest, `counts[row][x]` being
# how often $x$ came after the last `row` events; it should return $P(x \mid \text{longest})$ for all $x$. The program
# below is a mixture that circulates: it takes the count's share where there is a count, and the shorter context where
# there is none. Its probabilities do not add up to 1. Once that is mended, it divides 0 by 0 for a context that never
# came up; such a context has nothing to say, so $P(x \mid h) = P(x \mid h')$.


# %% role="exercise" grade_id="witten_bell"
# Exercise 3
def witten_bell(counts):
    """P(x | longest context), (V,), from counts (contexts, V), the shortest context first."""
    ### BEGIN BROKEN
    # shares = np.full(counts.shape[1], 1 / counts.shape[1])
    # for row in counts:
    #     different = np.sum(row > 0)
    #     shares = np.where(row > 0, row / (row.sum() + different), shares)
    # return shares
    ### END BROKEN
    ### BEGIN SOLUTION
    shares = np.full(counts.shape[1], 1 / counts.shape[1])
    for row in counts:
        different = np.sum(row > 0)
        if different:
            shares = (row + different * shares) / (row.sum() + different)
    return shares
    ### END SOLUTION


# %% role="check" grade_id="witten_bell"
def smoothed(kind="right"):
    """The mixture, or one that is often written instead."""

    def shares_of(counts):
        counts = np.asarray(counts, float)
        size = counts.shape[1]
        shares = np.full(size, 1 / size)
        for row in counts[::-1] if kind == "reversed" else counts:
            total, different = row.sum(), np.sum(row > 0)
            if total == 0 and kind != "nan":
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                if kind in ("backed off", "renormalised"):
                    shares = np.where(row > 0, row / (total + different), shares)
                    shares = shares / shares.sum() if kind == "renormalised" else shares
                elif kind == "unseen only":
                    given = np.where(row > 0, 0, shares)
                    shares = (row + different * given / max(given.sum(), 1e-300)) / (
                        total + different
                    )
                elif kind == "one":
                    shares = (row + shares) / (total + 1)
                elif kind == "vocabulary":
                    shares = (row + size * shares) / (total + size)
                elif kind == "uniform":
                    shares = (row + different / size) / (total + different)
                else:
                    shares = (row + different * shares) / (total + different)
        return shares

    return shares_of


def some_counts(seed, unseen=False):
    random = np.random.default_rng(seed)
    size = int(random.integers(5, 8))
    longest = random.integers(0, 4, size=size) * (random.random(size) < 0.6)
    longest[0] = 2
    middle = longest + random.integers(0, 5, size=size) * (random.random(size) < 0.7)
    counts = np.array([middle + random.integers(0, 9, size=size), middle, longest])
    counts[0, -1] = counts[1, -1] = counts[2, -1] = 0  # an event that never came up
    if unseen:
        counts[2] = 0
    return counts.astype(float)


count_tables = [some_counts(0), some_counts(1), some_counts(2, unseen=True)]
checked_witten_bell = check(
    3,
    "witten_bell",
    cases=[((table,), smoothed()(table)) for table in count_tables],
    mistakes={
        "These do not add up to 1: t(h) of n(h) + t(h) goes to the shorter context, for events with a count as well.": (
            smoothed("backed off")
        ),
        "Divided by their sum they add up to 1, but it is another distribution: write the formula as it stands.": (
            smoothed("renormalised")
        ),
        "Here only events without a count get something from the shorter context; in the formula all of them do.": (
            smoothed("unseen only")
        ),
        "A context that never came up gives 0 / 0. It has nothing to say: keep what the shorter one said.": smoothed(
            "nan"
        ),
        "The weight of the shorter context is the number of different events that came, not 1.": smoothed(
            "one"
        ),
        "The weight is the number of different events that *came*, not that of all there are.": smoothed(
            "vocabulary"
        ),
        "Each context falls back on the next shorter one; here all of them fall back on 1 / V.": smoothed(
            "uniform"
        ),
        "The rows come with the shortest context first, and the longest has the last word.": smoothed(
            "reversed"
        ),
    },
    hint="Begin with 1/V for all. For each row: (row + t * shares) / (n + t), with n = row.sum() and t = the number of "
    "entries above 0; if t is 0, leave `shares` as they are.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="witten_bell" points=2
for case in range(4):
    size = int(random.integers(6, 12))
    longest = random.integers(0, 5, size=size) * (random.random(size) < 0.5)
    middle = longest + random.integers(0, 5, size=size) * (random.random(size) < 0.6)
    table = np.array([middle + random.integers(0, 9, size=size), middle, longest]).astype(
        float
    )
    table[:, int(random.integers(size))] = 0
    if case == 3:
        table[2] = 0
    publish(**{f"shares_{case}": np.asarray(witten_bell(table))})

# %% [markdown]
# Your function beside the library's, on the real counts: two events of the tune above that stand side by side in
# training only a few times. What comes after them? The library's n-gram does nothing else, for all contexts.

# %%
asked_ids = words.encode(asked.events).tolist()
context = next(
    list(pair)
    for pair in itertools.pairwise(asked_ids)
    if 5 <= counted.totals.get(pair, 0) <= 15
)
seen = {0: [], 1: [], 2: []}
for ids in train_ids:
    events = [*ids.tolist(), 1]
    for place, event in enumerate(events):
        seen[0].append(event)
        if place >= 1 and events[place - 1 : place] == context[1:]:
            seen[1].append(event)
        if place >= 2 and events[place - 2 : place] == context:
            seen[2].append(event)
table = np.stack(
    [np.bincount(seen[span], minlength=len(words))[1:] for span in range(3)]
).astype(float)
shares = checked_witten_bell(table)  # without START, which never comes
theirs = counted.next_probabilities([np.array(context)])[0, 1:]
print(f"{len(seen[2])} times in training; probabilities add up to {shares.sum():.6f}")
for place in np.argsort(-shares)[:5]:
    event = words.symbols[place - 2] if place >= 2 else ("END", "UNKNOWN")[place]
    print(
        f"  {event}: counted {table[2, place]:3.0f}, yours {shares[place]:.4f}, library {theirs[place]:.4f}"
    )
assert np.allclose(shares, theirs)

# %% [markdown]
# Which order, and which smoothing? That is chosen on the **validation** tunes, a third part: what is chosen by the test
# tunes is flattered by them. (The rival, *absolute* discounting by Ney and others, takes a fixed piece off every
# count.)
#
# **Predict first.** Sketch bits an event against the order, 1 to 5, once for the validation tunes and once for the
# training tunes themselves.

# %% role="spoiler" fold="Choose order and smoothing on the validation tunes"
import matplotlib.pyplot as plt

trials = [("witten_bell", order) for order in range(1, 6)] + [
    ("absolute", order) for order in (2, 3, 4)
]
trained, found = {}, {}
for smoothing, order in trials:
    model = ngram.NGram(len(words), order, smoothing).fit(train_ids)
    trained[smoothing, order] = scoring.bits(
        model, train_ids[::15]
    )  # a fifteenth of them, of all collections
    found[smoothing, order] = scoring.bits(model, validation_ids)
    if found[smoothing, order] == min(found.values()):
        best = model
figure, axes = plt.subplots(figsize=(6.2, 3.2))
for name, bits, smoothing, role, style in (
    ("validation, Witten-Bell", found, "witten_bell", "real", "-"),
    ("validation, absolute", found, "absolute", "discriminator", "--"),
    ("training, Witten-Bell", trained, "witten_bell", "fake", ":"),
):
    orders = [order for kind, order in trials if kind == smoothing]
    axes.plot(
        orders,
        [bits[smoothing, order] for order in orders],
        plots.MARKERS[role],
        linestyle=style,
        color=plots.COLOURS[role],
        label=name,
    )
axes.set(
    title="Counting",
    xlabel="order",
    ylabel="bits an event",
    ylim=(0, None),
    xticks=range(1, 6),
)
axes.legend(loc="lower left")
plots.show(
    figure,
    alt="Bits an event against the order. On validation tunes both smoothings fall to the order 3 and rise a little "
    "after that, absolute discounting just above Witten-Bell; on training tunes the curve falls on and on.",
)
print(f"chosen: order {best.order}, {best.smoothing}")
for order in range(1, 6):
    print(
        f"order {order}: training {trained['witten_bell', order]:.2f}, "
        f"validation {found['witten_bell', order]:.2f} bits an event"
    )
print(
    "absolute, validation:",
    ", ".join(f"order {order} {found['absolute', order]:.2f}" for order in (2, 3, 4)),
)
quarter_notes = [tune.notes[:, 1].sum() / 4 for tune in validation]
event, quarter, perplexity = checked_prices(
    [2.0 ** -np.asarray(each) for each in best.bits_each(validation_ids)], quarter_notes
)
print(
    f"yours: {event:.2f} bits an event, {quarter:.2f} a quarter note, perplexity {perplexity:.1f}"
)

# %% [markdown]
# On training tunes longer contexts are better and better; on others the best order is 3, two events of memory, and
# beyond it the n-gram remembers what does not come again. This is the baseline that the networks have to beat: counted
# in seconds, with nothing to choose but its order and its smoothing.
#
# ## A network that remembers
# An n-gram forgets everything but its last two events. A **recurrent** network carries a state $s_t$, about two hundred
# numbers, from event to event, $s_t = f(s_{t-1}, x_t)$, and predicts from it; what is worth remembering it has to
# learn. The library's is a GRU (Cho and others, 2014) with two gates: one decides, number by number, how much of the
# old state is kept and how much is replaced, the other how much of it is looked at when the replacement is made. It
# learns by the same bits: the loss is the cross-entropy.
#
# Now live: 40 *processor* seconds (two cores spend them in some twenty), with the vocabulary and the tunes that the
# n-gram had.

# %%
from course_lib.models.sequences.recurrent import Recurrent
from course_lib.training import sequences

live = Recurrent(len(words), seed=0)
told = sequences.fit(live, train_ids, seconds=40)
live_bits, live_error = scoring.spread(live, test_ids)
best_bits, best_error = scoring.spread(best, test_ids)
print(f"{told['steps']} steps, {told['processor_seconds']:.0f} processor seconds")
print(
    f"held-out tunes: the network {live_bits:.2f} +- {live_error:.2f}, counting {best_bits:.2f} +- {best_error:.2f}"
)

# %% fold="Draw its way"
figure, axes = plt.subplots(figsize=(6.2, 3.0))
axes.plot(
    np.linspace(0, told["steps"], len(told["bits"])),
    told["bits"],
    color=plots.COLOURS["generator"],
    label="the network, on what it learns from",
)
axes.axhline(
    best_bits, color=plots.COLOURS["fake"], linestyle="--", label="counting, on held-out tunes"
)
axes.axhline(
    np.log2(words.outcomes),
    color=plots.COLOURS["neutral"],
    linestyle=":",
    label="knowing nothing",
)
axes.set(
    title="40 processor seconds of a recurrent network", xlabel="step", ylabel="bits an event"
)
axes.legend()
plots.show(
    figure,
    alt="Bits an event against the step: the network's curve falls steeply from above seven, then slowly, and crosses "
    "the line of counting.",
)

# %% [markdown]
# After 40 processor seconds the network is ahead of counting by more than a third of a bit, far more than the errors of
# the two. It has not converged; how much further it comes is in the table below.
#
# **A good place to stop.** You have tokens, a fair split, a baseline and a network. Next: a network that looks back,
# what came out, and the bars.

# %% [markdown]
# ## Looking back: attention
# A state of about two hundred numbers must hold everything. **Attention** keeps all of the past and looks things up.
# Every position $i$ has a query $q_i$, a key $k_i$ and a value $v_i$ (three linear maps of what stands there). It
# compares its query with the keys, and takes a mean of the values:
#
# $$ a_{ij} = \operatorname{softmax}_j \Big( \frac{q_i \cdot k_j}{\sqrt d} + m_{ij} \Big),
#    \qquad o_i = \sum_j a_{ij}\, v_j , $$
#
# or, with the rows stacked, $\operatorname{softmax}(Q K^\top / \sqrt d + M)\, V$. The **mask** $M$ is 0 where $i$ may
# look and $-\infty$ where it may not: a model that predicts $x_{i+1}$ from position $i$ must not see anything after
# $i$. Why $\sqrt d$? If the entries of $q$ and $k$ are independent with mean 0 and variance 1, then $q \cdot k$ has the
# variance $d$; without the root, at $d = 64$, the scores have a standard deviation of 8, their softmax is nearly a
# choice, and its gradient nearly 0.

# %% tags=["nbval-check-output"]
random = np.random.default_rng(0)
for d in (4, 64, 256):
    scores = np.sum(random.normal(size=(20_000, d)) * random.normal(size=(20_000, d)), axis=1)
    print(
        f"d = {d:3}: variance of q.k {scores.var():6.1f}, of q.k / sqrt(d) {scores.var() / d:.2f}"
    )
    assert abs(scores.var() / d - 1) < 0.1

# %% [markdown]
# ## Exercise 4: repair a mask
# One head, written out, with a **window**: position $i$ may look at itself and at the `window` $- 1$ positions before
# it, as far as there are any, and at nothing later. And with a **slope**: what is far away counts for less, since from
# each score the slope is taken off once for every step back (Press and others, 2022; so a head knows about distance),
#
# $$ a_{ij} = \operatorname{softmax}_j \Big( \frac{q_i \cdot k_j}{\sqrt d} - \text{slope}\,(i - j) + m_{ij} \Big) . $$
#
# `queries` and `keys` have the shape (n, d), `values` (n, e), and the result is (n, e). The function below has five
# faults. None crashes, and one shows only where scores are large: the grading has some in the tens of thousands.


# %% role="exercise" grade_id="look_back"
# Exercise 4
def look_back(queries, keys, values, window, slope):
    """Causal attention within a window, less for what is far: (n, d), (n, d), (n, e) -> (n, e)."""
    ### BEGIN BROKEN
    # n, d = queries.shape
    # ago = np.arange(n)[:, None] - np.arange(n)  # how long ago position j was, seen from i
    # scores = (queries @ keys.T - slope * ago) / d
    # weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    # weights = np.where((ago >= -1) & (ago < window), weights, 0)
    # return weights @ values
    ### END BROKEN
    ### BEGIN SOLUTION
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = queries @ keys.T / np.sqrt(d) - slope * ago
    scores = np.where((ago >= 0) & (ago < window), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
    ### END SOLUTION


# %% role="check" grade_id="look_back"
def looking(
    leaks=False,
    late=False,
    unscaled=False,
    inside=False,
    window_off=0,
    no_window=False,
    ahead=False,
    no_scale=False,
    penalty=1,
):
    """The head position by position, or with faults."""

    def attend(queries, keys, values, window, slope):
        n, d = queries.shape
        divisor = d if unscaled else 1 if no_scale else np.sqrt(d)
        found = []
        for i in range(n):
            last = min(n, i + 2) if leaks else n if ahead else i + 1
            first = 0 if no_window else max(0, i - window + 1 - window_off)
            places = range(n) if late else range(first, last)
            scores = np.array([queries[i] @ keys[j] for j in places]) / divisor
            steps = penalty * slope * (i - np.array(places))
            scores = scores - (steps / divisor if inside else steps)
            weights = np.exp(scores - scores.max())
            weights = weights / weights.sum()
            if late:
                weights, places = weights[first:last], range(first, last)
            found.append(sum(w * values[j] for w, j in zip(weights, places, strict=True)))
        return np.array(found)

    return attend


def some_heads(seed):
    random = np.random.default_rng(seed)
    n, d, e = (int(each) for each in random.integers((6, 3, 2), (9, 7, 5)))
    return (
        random.normal(size=(n, d)),
        random.normal(size=(n, d)),
        random.normal(size=(n, e)),
        int(random.integers(2, 5)),
        float(random.uniform(0.3, 1.5)),
    )


def looks_back(student):
    faults = {
        "leaks": "a position sees the one after it, which is what it should predict: ago >= 0",
        "late": "the mask comes after the softmax, so the weights of a row no longer add up to 1. Mask the scores, "
        "with -np.inf",
        "unscaled": "the scores are divided by d; the variance of q.k is d, so divide by its root",
        "inside": "the slope's part is divided as well; only q.k is, and slope * ago comes off after that",
    }
    usual = {
        "no_scale": "The scores are not scaled: divide them by the root of d.",
        "no_window": "It looks back to the very beginning; `window` says how far it may.",
        "ahead": "It sees everything that comes later: only positions with ago >= 0 may be seen.",
    }
    penalties = {
        0: "The slope is not used: a position that is `ago` steps away loses slope * ago of its score.",
        -1: "The sign is turned round: here what is far away counts for more.",
    }
    for number in range(3):
        case = some_heads(number)
        seen = np.asarray(student(*case), float)
        right = looking()(*case)
        if seen.shape != right.shape:
            return f"For values of the shape {case[2].shape} the result has the shape {seen.shape}; it should stay."
        if np.allclose(seen, right, atol=1e-6):
            continue
        for made in itertools.product((False, True), repeat=4):
            if any(made) and np.allclose(seen, looking(*made)(*case), atol=1e-6):
                first = list(faults.values())[made.index(True)]
                return (
                    f"One fault is left: {first}."
                    if sum(made) == 1
                    else f"{sum(made)} faults are left, one of them: {first}."
                )
        for times, told in penalties.items():
            if np.allclose(seen, looking(penalty=times)(*case), atol=1e-6):
                return told
        for name, told in usual.items():
            if np.allclose(seen, looking(**{name: True})(*case), atol=1e-6):
                return told
        for off in (1, -1):
            if np.allclose(seen, looking(window_off=off)(*case), atol=1e-6):
                return "The window is one too wide or too narrow: it holds position i and window - 1 before it."
        return "The values are not those of the formula: scores, mask, softmax over j, mean of the values."
    queries, keys, *others = some_heads(3)
    large = (queries * 400, keys * 400, *others)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        seen = np.asarray(student(*large), float)
    if not np.isfinite(seen).all():
        return (
            "Right for small scores; with large ones np.exp overflows or a row adds up to 0. Mask first, then take off "
            "each row's largest score."
        )
    if not np.allclose(seen, looking()(*large), atol=1e-6):
        return (
            "Right for small scores and wrong for large ones. Mask with -np.inf and take off each row's largest score; "
            "clip nothing and add nothing."
        )
    return None


checked_look_back = check_that(4, "look_back", looks_back, otherwise=OUR_ANSWER)

# %% role="graded" grade_id="look_back" points=2
for case in range(4):
    n, d, e = (int(each) for each in random.integers((7, 2, 2), (13, 9, 5)))
    queries, keys = random.normal(size=(2, n, d)) * (1 if case < 3 else 100)
    values = random.normal(size=(n, e))
    publish(
        **{
            f"mixed_{case}": np.asarray(
                look_back(
                    queries,
                    keys,
                    values,
                    int(random.integers(2, 6)),
                    float(random.uniform(0.2, 2)),
                )
            )
        }
    )

# %% [markdown]
# What can one head do? Let us build one *by hand*, without any learning. The key of position $j$ says which two events
# came before $j$; the query of $i$ says which two are the latest; the value of $j$ is the event $j$ itself. So the head
# finds earlier places of this tune where the same two events were followed by something, and says what. (Where there is
# none, it takes places where one of the two agrees, and else the mean of all.) Mixed with the n-gram it is a model, and
# your function is its heart, with a slope of 0: however long ago, a repetition counts. Like the networks, it may look
# 64 events back. (Such heads were found in trained language models and called *induction heads*; Olsson and others,
# 2022.)
#
# **Predict first.** The network that you trained needs more than a third of a bit less than counting. How much does
# this head, which has learnt nothing, save the counting? And how much the same head with a mask that is off by one?

# %% role="spoiler" fold="Build a head that copies, and let it leak"
from types import SimpleNamespace


def one_hot(ids):
    return np.eye(len(words))[ids]


def copier(ids, head, sharpness=20.0):
    """P of every event of a tune by looking for the same two events earlier on: (n + 1,), and where it is sure."""
    events = np.array([0, 0, *ids, 1])  # two STARTs before, END after
    latest = np.concatenate(
        [one_hot(events[1:-1]), one_hot(events[:-2])], axis=1
    )  # at i: events i, i - 1
    before = np.concatenate(
        [np.zeros((1, latest.shape[1])), latest[:-1]]
    )  # at j: events j - 1, j - 2
    scale = np.sqrt(latest.shape[1]) * sharpness
    follows = one_hot(events[1:-1])
    mixed = head(latest * scale, before, follows, 64, 0.0)
    return mixed[np.arange(len(events) - 2), events[2:]]


def leaking_head(queries, keys, values, window, slope):
    """The same with a mask that is off by one."""
    ago = np.arange(len(keys))[:, None] - np.arange(len(keys))
    scores = queries @ keys.T / np.sqrt(queries.shape[1]) - slope * ago
    scores = np.where((ago >= -1) & (ago < window), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values


def parts_of(tunes, head):
    """What counting and what the head give each event: two lists with an array a tune."""
    return [2.0**-each for each in best.bits_each(tunes)], [copier(ids, head) for ids in tunes]


def mixed(parts, share):
    """The bits of each event, where the head has a share and counting the rest."""
    return [
        -np.log2((1 - share) * count + share * copy)
        for count, copy in zip(*parts, strict=True)
    ]


def spread_of(bits):
    """Bits an event and their error, from an array a tune."""
    return scoring.spread(SimpleNamespace(bits_each=lambda _: bits), bits)


print("{:32} {:.2f} +- {:.2f} bits an event".format("counting alone", best_bits, best_error))
print("{:32} {:.2f} +- {:.2f}".format("the network, as trained above", live_bits, live_error))
for name, head in (
    ("counting and a head that copies", checked_look_back),
    ("and one that sees the future", leaking_head),
):
    chosen_by = parts_of(validation_ids[::4], head)
    share = min(
        (0.1, 0.2, 0.3, 0.5, 0.9), key=lambda each: spread_of(mixed(chosen_by, each))[0]
    )
    bits = mixed(parts_of(test_ids, head), share)
    copying = bits if head is checked_look_back else copying
    print(
        "{:32} {:.2f} +- {:.2f}".format(name, *spread_of(bits))
        + f", share {share} (chosen on validation tunes)"
    )

# %% [markdown]
# **Counting, with a head that learnt nothing, beats the network that learnt for 40 seconds.** Tunes say again what they
# said before, an n-gram has forgotten it, and whatever a network of that age has found out about it, it is less than
# what we built in. And the leak: with the future in sight half a bit is left. No model of music is that good. When
# yours seems to be, look at the mask.
#
# ## Counting, remembering, looking back
# Now the table, by `data/make_melodies.py`. Recurrent network and attention block (one block of four heads and a layer
# behind them, without dropout) had the same 40 processor seconds, three seeds each; all are asked about the same
# held-out families. The error behind the plus-or-minus comes from tunes; the brackets hold the lowest and the highest
# seed. The row *recurrent long* is the network from the top of this lesson: the same kind, trained for longer with
# dropout. Under the table the head that copies, from above, and the weights, asked again here.
#
# **Predict first.** In which order do they come? And by how much does either network beat the counting, or lag behind?

# %% role="spoiler" fold="Print the table"
rows = read_table("melodies.csv")


def show_task(task):
    found = [row for row in rows if row["task"] == task]
    print(f"{'':22}{'bits an event':>24}{'processor seconds':>20}")
    for name in dict.fromkeys(row["model"] for row in found):
        seeds = [row for row in found if row["model"] == name]
        bits = [row["bits"] for row in seeds]
        spread = f" ({min(bits):.2f} to {max(bits):.2f})" if len(bits) > 1 else ""
        spent = [row["processor_seconds"] for row in seeds if row["processor_seconds"]]
        print(
            f"{name.replace('_', ' '):22}"
            f"{np.mean(bits):.2f} +- {seeds[0]['bits_error']:.2f}{spread}".ljust(48)
            + (f"{np.mean(spent):18.0f}" if spent else f"{'counted':>18}")
        )


show_task("tunes")
print("\n{:22}{:.2f} +- {:.2f}".format("counting and copying", *spread_of(copying)))
print("{:22}{:.2f} +- {:.2f}".format("long, from weights", *scoring.spread(network, test_ids)))

# %% [markdown]
# On the same 40 processor seconds the recurrent network is ahead of the attention block: it makes fewer steps in its
# time and more of each. Both are ahead of the n-gram, which took a few seconds. One block of attention
# cannot build the head that you built by hand: your keys were told which two events came before them, and a block's key
# knows only what stands at its own place. It takes two blocks, the first to tell every place what came before it.
# Nearly four times the time, with dropout, brings the recurrent network down to where counting and copying was from the
# beginning. They agree within their errors. So the plain answer to "do networks beat the simple thing?" is: the n-gram,
# clearly; the n-gram with a copying head, not in the time we gave them.
#
# What of the keys? A tenth of the training tunes and 20 processor seconds, in the keys as printed; once as they are,
# once each in five keys, two semitones down to two up:

# %%
show_task("keys")

# %% [markdown]
# On few tunes augmentation saves a quarter of a bit, for nothing but a line of code. (These bits are not those of the
# table above: with all keys there are more kinds of events, and far fewer tunes were learnt from.)
#
# ## How bold?
# To compose, draw from $P(x_t \mid x_{<t})$, put the event at the end, and again. A **temperature** $T$ makes the
# drawing bolder or more careful:
#
# $$ P_T(x) = \frac{P(x)^{1/T}}{\sum_y P(y)^{1/T}} = \operatorname{softmax} \Big( \frac{\log P(x)}{T} \Big) . $$
#
# $T = 1$ draws as the model believes, $T \to 0$ takes the likeliest event every time, and a large $T$ forgets what it
# knows. The cell checks the two forms against each other and that the entropy rises with $T$.

# %% tags=["nbval-check-output"]
believed = np.array([0.6, 0.25, 0.1, 0.05])
entropies = []
for temperature in (0.3, 0.7, 1.0, 1.5, 4.0):
    logits = np.log(believed) / temperature
    softmax = np.exp(logits) / np.exp(logits).sum()
    ours = scoring.at_temperature(believed, temperature)
    entropies.append(-np.sum(ours * np.log2(ours)))
    print(f"T = {temperature}: {ours.round(3)}, entropy {entropies[-1]:.2f} bits")
    assert np.allclose(ours, softmax)
assert np.all(np.diff(entropies) > 0)

# %% [markdown]
# **Predict first.** Forty melodies from the longer-trained network at each of five temperatures: how do the share of
# notes in the key, the share of repeated notes, and the longest run shared with a training tune change? Forty
# validation tunes of the same length stand beside them; intervals are compared with those of all test tunes.

# %% role="spoiler" fold="Compose at five temperatures"
from course_lib.scores import melodies as scores


def composed(model, temperature, count=40, length=48, seed=0):
    drawn = scoring.sample(
        model, count=count, length=length, temperature=temperature, seed=seed
    )
    return [melodies.to_notes(words.decode(ids)) for ids in drawn if len(ids) > 1]


def facts(name, pieces):
    """One line of what pieces are like, beside the held-out tunes."""
    found = scores.report(pieces, [tune.notes for tune in test])
    runs = [run.notes for run in melody_copies.longest_runs(pieces, train_notes)]
    print(
        f"{name:14} in key {found['in_key']:.2f}, repeated {found['repeated']:.2f}, "
        f"intervals {found['interval_distance']:.2f} off, longest shared run {np.mean(runs):4.1f} notes "
        f"(at most {max(runs)})"
    )


for temperature in (0.0, 0.5, 0.8, 1.0, 1.5):
    facts(f"T = {temperature}", composed(network, temperature))
facts("validation", [tune.notes[:48] for tune in validation[:: len(validation) // 40][:40]])

# %% [markdown]
# At $T = 0$ all forty are the same few notes, over and over. At 0.5 they share *longer* runs with training tunes than
# validation tunes do: careful drawing leans on what is known by heart. At 1 every number is close to that of the
# validation tunes, and at 1.5 the line begins to leap. Whoever turns the temperature down to make it sound nice should
# look at what it copied.
#
# Hear it: the first half bar of the tune at the top of this lesson, continued at three temperatures.

# %% fold="Go on from one beginning at three temperatures, draw and play"
half_bar = words.encode(map(tuple, cut(asked.notes, 8).tolist()))
sung = {}
for temperature in (0.3, 1.0, 2.0):
    ids = scoring.sample(network, length=48, temperature=temperature, prompt=half_bar, seed=0)[
        0
    ]
    sung[f"T = {temperature}"] = cut(melodies.to_notes(words.decode(ids)), 64)
plots.show(
    piano_roll.piano_rolls(
        {f"{name}: {most_like(notes)}": notes for name, notes in sung.items()},
        title="One beginning, three temperatures, and what each is most like",
        role="generator",
        columns=1,
    ),
    alt="Three piano rolls of four bars with the same first half bar. "
    + " ".join(f"{name}: {note_names.in_words(notes)}." for name, notes in sung.items()),
)
for name, notes in sung.items():
    display(sound.play(cut(notes, 32), f"{name}, two bars", tempo=240))

# %% [markdown]
# One tune each proves nothing, but the titles over them go as the table says: the colder, the longer the run that
# somebody else wrote.
#
# ## A phrase and its answer
# Many tunes speak in pairs: two bars ask, two bars answer. To learn this a model gets the phrase as a whole and writes
# the answer event by event: **sequence to sequence**. An encoder, a GRU in both directions, reads the phrase; a
# decoder, another GRU, writes, and before each event it looks back at the phrase by attention, $a_{ij}$ from the
# answer's event $i$ to the phrase's event $j$. No causal mask is needed here: the phrase is all past.
#
# It was trained by the same script on all successive pairs of phrases of the training tunes, is asked about the first
# pair of each held-out tune, and comes from weights (`network long` in the table). Beside it: the n-gram going on after
# the phrase, and a **copy** of the phrase, mixed with the n-gram so that what it does not hold is not impossible.

# %%
show_task("answers")

# %% fold="Answer a phrase that no model has met, and draw where each note looked"
from course_lib.plots import attention_roll

answering, answer_words = pretrained.answers()
pairs = [
    (tune, *tune_bars.phrase_pairs(tune)[0])
    for tune in test
    if tune.meter in ("4/4", "2/2") and tune_bars.phrase_pairs(tune)
]


def as_ids(notes):
    return answer_words.encode(map(tuple, notes.tolist()))


source, source_phrase, written = pairs[4]
ids, attention = answering.answer(as_ids(source_phrase), temperature=0)
answer = melodies.to_notes(answer_words.decode(ids))
plots.show(
    attention_roll.attention_roll(
        source_phrase,
        answer,
        attention[: len(answer)],
        "Which note of the phrase each note of the answer looked at",
    ),
    alt="The phrase on top, the answer at the side with time running down, and between them a map of weights. In the "
    "answer's first bar dark boxes run down a diagonal; in its second they are scattered and pale.",
)
print(f"the answer: {most_like(answer)}")
display(
    sound.play(
        np.concatenate([source_phrase, answer]),
        "a phrase of two bars from a held-out tune, and the network's answer",
        tempo=240,
        timbre="pipe",
    )
)

# %% [markdown]
# Is the phrase used at all? A control that costs nothing: give the network each answer with *another* tune's phrase.
# Where the phrase told it something, the true answer must now look less likely.

# %%
coded = [(as_ids(phrase), as_ids(answer)) for _, phrase, answer in pairs]
swapped = [(coded[place - 1][0], answer) for place, (_, answer) in enumerate(coded)]
for name, given in (("with its own phrase", coded), ("with another tune's phrase", swapped)):
    print(f"{name:28} {scoring.bits(answering, given):.2f} bits an event of the answer")

# %% [markdown]
# With a phrase that is not its own an answer costs more than a bit an event more: the network does read what it
# answers. In the table above it beats the copy as well as the n-gram, and here the copy is the stronger baseline of the
# two: an answer takes up what was asked. In the picture each row is a note of the answer, and it is dark where that
# note looked: through the first bar the answer follows the phrase note by note, in the same rhythm, and in the second
# it goes its own way. Such weights show where a network looked, and not why.
#
# ## Bars as pictures
# And the game of this course? Two bars of a reel on a grid of eighths are a picture: 16 steps in time, one row for each
# pitch, one for "go on sounding" and one for silence, $+1$ where a row is lit and $-1$ elsewhere. In every step exactly
# *one* row is lit. A convolutional generator makes 16 times 32 logits, and a discriminator judges rolls, real and fake.
#
# **Predict first.** Let the generator end in a softmax over the rows of each step, and hand these shares to the
# discriminator as they are. There is a discriminator of one line that needs no training, and no roll made of shares
# gets past it. Which?

# %% role="spoiler" fold="A discriminator of one line"
import tensorflow as tf

from course_lib.datasets import bar_rolls
from course_lib.models import bars
from course_lib.models import straight_through as step

rolls, phrases = bar_rolls.phrase_rolls(train)
print(f"{len(rolls):,} phrases of two bars, shape {rolls.shape[1:]}")
soft = np.asarray(
    bars.generator("softmax")(
        np.random.default_rng(0).normal(size=(500, bars.LATENT)).astype("float32")
    )
)
hard = np.asarray(
    bars.generator("straight_through")(
        np.random.default_rng(0).normal(size=(500, bars.LATENT)).astype("float32")
    )
)
for name, each in (("real", rolls[:500]), ("softmax", soft), ("one row chosen", hard)):
    brightest = each.max(axis=2).min(axis=(1, 2))  # the brightest row of the dullest step
    print(
        f"{name:16} brightest row of the dullest step: {brightest.min():.2f} to {brightest.max():.2f}"
    )

# %% [markdown]
# "Is there a step in which no row is fully lit?" Real rolls never have one, those of a soft generator that has learnt
# nothing yet always do, and the discriminator learns that in its first seconds. The generator then learns to be sharp,
# and not to be musical. So let it *choose*: light the row of the largest logit. But a choice is a step, and its slope
# is 0 (lesson 10 met that). The **straight-through** step (Bengio, Léonard and Courville, 2013) goes on as if there
# were none:
#
# $$ \text{forwards: } e = \text{one-hot}(\arg\max_r \ell_r), \qquad
#    \text{backwards: } \frac{\partial L}{\partial \ell} := J_p^\top \frac{\partial L}{\partial e},
#    \quad p = \operatorname{softmax}(\ell / \tau), $$
#
# with $J_p$ the table of the slopes $\partial p_r / \partial \ell_s$ of the shares of rows $r$ by the logits of rows
# $s$: as if $L$'s slope at the choice $e$ were its slope at the shares $p$. In code it is one line, `p +
# stop_gradient(e - p)`. It is wrong, in that it is no gradient of what was computed, and it is useful.
#
# ## Exercise 5: the step by hand
# Write `choice_gradient(logits, pull, temperature)`: what the straight-through step gives back to the logits. `logits`
# has the shape (steps, rows), each step a choice of its own; the roll that was drawn is $2 e - 1$, with values in $[-1,
# 1]$; `pull` is $\partial L / \partial \text{roll}$, of the same shape, and $\tau$ the temperature of the softmax. You
# need $\partial p_r / \partial \ell_s = p_r (\delta_{rs} - p_s) / \tau$, where $\delta_{rs}$ is 1 for $r = s$, and
# otherwise 0. NumPy only.


# %% role="exercise" grade_id="choice_gradient"
# Exercise 5
def choice_gradient(logits, pull, temperature):
    """dL/dlogits (steps, rows) of rolls 2 * one-hot(argmax) - 1, straight through softmax(logits / temperature)."""
    ### BEGIN SOLUTION
    shares = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    shares = shares / shares.sum(axis=1, keepdims=True)
    pull = 2 * pull  # the roll is 2 e - 1
    return shares * (pull - np.sum(shares * pull, axis=1, keepdims=True)) / temperature
    ### END SOLUTION


# %% role="check" grade_id="choice_gradient"
def pulled(
    doubled=2.0, cold=True, inside=True, diagonal=False, chosen=False, sign=1.0, crowd=False
):
    """The gradient, or with one of the usual faults."""

    def gradient(logits, pull, temperature):
        axis = None if crowd else 1
        scaled = logits / (temperature if inside else 1)
        shares = np.exp(scaled - scaled.max(axis=axis, keepdims=True))
        shares = shares / shares.sum(axis=axis, keepdims=True)
        if chosen:
            shares = np.eye(logits.shape[1])[logits.argmax(axis=1)]
        mean = shares * pull if diagonal else np.sum(shares * pull, axis=axis, keepdims=True)
        return sign * doubled * shares * (pull - mean) / (temperature if cold else 1)

    return gradient


def some_logits(seed):
    random = np.random.default_rng(seed)
    steps, rows = (int(each) for each in random.integers((2, 3), (4, 6)))
    return (
        random.normal(size=(steps, rows)),
        random.normal(size=(steps, rows)),
        float(random.uniform(0.4, 2.5)),
    )


logit_cases = [some_logits(seed) for seed in range(3)]
checked_choice_gradient = check(
    5,
    "choice_gradient",
    cases=[(case, pulled()(*case)) for case in logit_cases],
    mistakes={
        "The roll is 2 e - 1, so its pull on e is twice as strong.": pulled(doubled=1.0),
        "The softmax has a temperature: its slope is divided by it.": pulled(cold=False),
        "The temperature belongs inside the softmax, too: softmax(logits / temperature).": pulled(
            inside=False
        ),
        "Each logit moves all shares of its step, not only its own: take the mean of the pulls, weighted by p, off.": (
            pulled(diagonal=True)
        ),
        "With the one-hot choice in place of p everything is 0: a choice has no slope, which is why p goes back.": (
            pulled(chosen=True)
        ),
        "Each step is a choice of its own: the softmax and the sum go over the rows of one step.": pulled(
            crowd=True
        ),
        "The sign is turned round.": pulled(sign=-1.0),
    },
    hint="p = softmax(logits / temperature), row by row. With g = 2 * pull: p * (g - sum(p * g)) / temperature.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="choice_gradient" points=1
for case in range(3):
    shape = tuple(int(each) for each in random.integers((2, 3), (6, 9)))
    logits, pull = random.normal(size=(2, *shape))
    publish(
        **{
            f"gradient_{case}": np.asarray(
                choice_gradient(logits, pull, float(random.uniform(0.3, 3)))
            )
        }
    )

# %% [markdown]
# The library's step and yours, on the same logits: what goes forwards is one-hot, and what comes back is your gradient.

# %%
logits = np.random.default_rng(1).normal(size=(4, 6)).astype("float32")
pull = np.random.default_rng(2).normal(size=(4, 6)).astype("float32")
variable = tf.Variable(logits)
with tf.GradientTape() as tape:
    roll = 2 * step.straight_through(tf.nn.softmax(variable / 0.7)) - 1
    loss = tf.reduce_sum(roll * pull)
back = tape.gradient(loss, variable).numpy()
mine = checked_choice_gradient(logits.astype(float), pull.astype(float), 0.7)
print(
    "lit rows a step:",
    np.sum(roll.numpy() > 0.99, axis=1),
    "in",
    np.unique(roll.numpy().round(3)),
)
print(f"largest difference of the gradients: {np.abs(back - mine).max():.0e}")
assert np.allclose(back, mine, atol=1e-5)

# %% [markdown]
# Now train, live, 1,500 steps, some 40 processor seconds. Over each phrase drawn below stands the training tune
# that it is most like. In the live picture each small picture is a phrase: time runs down, pitch to the right, and the
# first two columns are "go on" and "silence".

# %%
from course_lib.training.live_picture import LivePicture
from course_lib.training.loop import Recorder, train as train_gan

gan = bars.bar_gan("straight_through", seed=0)
recorder = Recorder(grid=(2, 8))
train_gan(
    gan,
    rolls,
    batch_size=bars.BATCH_SIZE,
    steps=1500,
    callbacks=[recorder, LivePicture(recorder)],
)
drawn = gan.sample(1000, seed=1)
invented = bar_rolls.to_notes(drawn)
print(f"{gan.step} steps; lit rows a step: {np.unique(np.sum(drawn > 0.99, axis=2))}")

# %% fold="Draw six of its phrases"
import textwrap

plots.show(
    piano_roll.piano_rolls(
        {
            textwrap.shorten(f"{number}: {most_like(notes)}", 38, placeholder="..."): notes
            for number, notes in enumerate(invented[:6], 1)
        },
        title="Two bars each, by the GAN, and what each is most like",
        role="fake",
    ),
    alt="Six piano rolls of two bars: lines of eighths and longer notes, some moving by steps, some with wide leaps.",
)

# %% [markdown]
# ## What came out?
# Four statistics in one line: the shares of the twelve **pitch classes** (C, C sharp, ...), of the **intervals** and of
# the **lengths**, each held against those of test phrases by total variation, $\frac12 \sum_b |p_b - q_b|$ over the
# bins $b$, the share of notes that would have to change; and the share of notes in the key. They see no order beyond
# one interval, so they can only say that something is wrong, never that all is right.

# %%
held_rolls, held_phrases = bar_rolls.phrase_rolls(test)
print(f"live GAN, 1,000 phrases against {len(held_phrases)} of the test tunes:")
for name, shares_of in (
    ("pitch classes", scores.pitch_classes),
    ("intervals", scores.interval_shares),
    ("lengths", scores.length_shares),
):
    found = scores.distance(invented, held_phrases, shares_of)
    print(f"  {name:14} {found.value:.3f} +- {found.error:.3f}")
p, q = (scores.pitch_classes(each) for each in (invented, held_phrases))
assert np.isclose(np.abs(p - q).sum() / 2, scores.histogram_distance(p, q))
print(
    f"  in key {scores.in_key(invented):.2f}, repeated notes {scores.repeated(invented):.2f}"
)

# %% [markdown]
# In the table (`data/make_bars.py`, three seeds) *gan* is the GAN that you just saw, straight through. Beside it stand
# real phrases of other families, the floor; phrases of the training tunes; an n-gram on the same tokens; the notes of
# real phrases shuffled; and the GAN with the two other ways to let a gradient through: *gan softmax*, shares as they
# are, and *gan gumbel*, where in training noise is added to the logits before the choice. (What the table judges was
# drawn without that noise.)
#
# **Predict first.** In which column will the shuffled notes beat the GAN? And the n-gram?

# %% role="spoiler" fold="Print the table of the bars"
bar_rows = read_table("bars.csv")
distances = {"pitch classes": "pitch_class_distance", "intervals": "interval_distance"}
distances["lengths"] = "length_distance"
others = ("in_key", "repeated", "notes", "longest_run", "whole", "different")
sources = {}
for row in bar_rows:
    sources.setdefault(row["what"], []).append(row)
print(f"{'distance to test phrases':24}" + "".join(f"{title:>21}" for title in distances))
for what, seeds in sources.items():
    line = f"{what.replace('_', ' '):24}"
    for column in distances.values():
        values = [row[column] for row in seeds]
        bounds = f"({min(values):.2f} to {max(values):.2f})"
        line += f"{np.mean(values):.3f} {bounds}".rjust(21)
    print(line)
print(f"\n{'':14}" + "".join(f"{column.replace('_', ' '):>13}" for column in others))
for what, seeds in sources.items():
    means = [np.mean([row[column] for row in seeds]) for column in others]
    print(f"{what.replace('_', ' '):14}" + "".join(f"{value:13.3f}" for value in means))

# %% role="spoiler" fold="Draw pitch classes and intervals of three sources"
from course_lib.plots import note_histograms

three = {"real": held_phrases, "fake": invented, "shuffled": scores.shuffled(held_phrases)}
plots.show(
    note_histograms.note_histograms(
        {
            "pitch classes": {each: scores.pitch_classes(three[each]) for each in three},
            "intervals": {each: scores.interval_shares(three[each]) for each in three},
        },
        "Real phrases, the live GAN's, and shuffled notes",
    ),
    alt="Two histograms with three bars each. Pitch classes: the shuffled notes agree with the real ones exactly, the "
    "GAN's nearly. Intervals: real ones crowd around 0 within a few semitones; shuffled ones are spread widely; the "
    "GAN's lie between.",
)

# %% [markdown]
# Read the floor first: real phrases of other families are not at 0 either. The n-gram on the same tokens *is* at the
# floor in every statistic, after seconds of counting. The GAN comes near, and in pitch classes and intervals stays
# behind both, with every seed. **By these measures counting wins**, and one should expect it to: an n-gram fits shares
# of intervals by construction, and no GAN is told which shares are asked for. Only in the lengths of its notes the GAN
# is ahead. Shuffled notes are at the floor in pitch classes and lengths, and found out by the intervals alone, at once.
# Shares fed as they are end as far off in intervals as shuffled notes, and farther in pitch classes and lengths,
# where shuffling costs nothing; and differently with every seed: the discriminator of
# one line at work. Between straight through with and without Gumbel noise three seeds do not decide.
#
# ## How much is copied?
# A tune that is simply one of the training tunes passes every statistic. The number to ask for is the longest **run**
# of notes that a piece shares with any training tune.
#
# ## Exercise 6: a run, however it is written
# A copyist may hide a copy: write it in another key, or in note values twice as long. Write `longest_run(piece, tune)`:
# the number of notes of the longest run of successive notes of `piece` that also stands in `tune`, where *all* pitches
# may be higher or lower by one and the same number, and *all* lengths longer or shorter by one and the same factor.
# Both are (n, 2), pitch and length, without rests. Any single note is a run of 1.


# %% role="exercise" grade_id="longest_run"
# Exercise 6
def longest_run(piece, tune):
    """Notes of the longest run that melodies (n, 2), (m, 2) share, up to a shift in pitch and a factor in length."""
    ### BEGIN SOLUTION
    longest = np.ones(
        (len(piece), len(tune)), int
    )  # of the runs that end at note i and at note j
    for i, j in itertools.product(range(1, len(piece)), range(1, len(tune))):
        same_step = piece[i, 0] - piece[i - 1, 0] == tune[j, 0] - tune[j - 1, 0]
        same_ratio = piece[i, 1] * tune[j - 1, 1] == piece[i - 1, 1] * tune[j, 1]
        if same_step and same_ratio:
            longest[i, j] = longest[i - 1, j - 1] + 1
    return int(longest.max())
    ### END SOLUTION


# %% role="check" grade_id="longest_run"
def shared(key=True, factor=True, rhythm=True, add=0, gaps=False, start=False):
    """The longest run by trying all starts, or under another rule."""

    def goes_on(piece, tune, i, j):
        step = piece[i + 1, 0] - piece[i, 0] == tune[j + 1, 0] - tune[j, 0]
        if not key:
            step = piece[i + 1, 0] == tune[j + 1, 0] and piece[i, 0] == tune[j, 0]
        ratio = piece[i + 1, 1] * tune[j, 1] == piece[i, 1] * tune[j + 1, 1]
        if not factor:
            ratio = piece[i + 1, 1] == tune[j + 1, 1] and piece[i, 1] == tune[j, 1]
        return step and (ratio or not rhythm)

    def count(piece, tune):
        best = 1
        total = 0
        starts = [(i, j) for i in range(len(piece)) for j in range(len(tune))]
        for i, j in [(0, 0)] if start else starts:
            size = 1
            while (
                i + size < len(piece)
                and j + size < len(tune)
                and goes_on(piece, tune, i + size - 1, j + size - 1)
            ):
                size += 1
            best = max(best, size)
        total = sum(
            any(goes_on(piece, tune, i, j) for j in range(len(tune) - 1))
            for i in range(len(piece) - 1)
        )
        return (total if gaps else best) + add

    return count


def some_pieces(seed, shift=0, factor=1):
    """A piece with a planted copy and decoys: longer ones whose rhythm, or whose pitches alone, are the tune's."""
    random = np.random.default_rng(seed)

    def melody(n):
        return np.stack(
            [
                60 + np.cumsum(random.integers(-4, 5, size=n)),
                random.choice([1, 2, 3, 4], size=n),
            ],
            axis=1,
        )

    tune = melody(22)
    copy, same_pitches = tune[5:12].copy(), tune[11:21].copy()
    copy[:, 0] += shift
    copy[:, 1] *= factor
    same_pitches[:, 1] = random.choice([1, 2, 3, 5], size=10)
    literal = tune[1:5].copy()
    return np.concatenate([melody(3), copy, melody(2), same_pitches, melody(2), literal]), tune


piece_cases = [
    some_pieces(0),
    some_pieces(1, shift=3),
    some_pieces(2, shift=-2, factor=2),
    some_pieces(3, factor=3),
]
steady = np.array([[60, 2], [62, 3], [64, 2], [65, 3], [67, 2], [69, 3]])
uneven = np.stack([steady[:, 0], [3, 4, 3, 4, 3, 4]], axis=1)
octaves = steady + np.array([[0, 0], [0, 0], [12, 0], [12, 0], [0, 0], [0, 0]])
shorter, as_printed = some_pieces(4)
piece_cases += [
    (uneven, steady),  # no two ratios of lengths are the same
    (octaves, steady),
    (shorter, as_printed * [1, 2]),
]
checked_longest_run = check(
    6,
    "longest_run",
    cases=[(case, shared()(*case)) for case in piece_cases],
    mistakes={
        "A copy in another key is a copy: compare intervals, not pitches.": shared(key=False),
        "Written in notes twice as long it is the same: compare the *ratios* of successive lengths.": shared(
            factor=False
        ),
        "Here neither the key nor the note values may differ: compare intervals, and ratios of lengths.": shared(
            key=False, factor=False
        ),
        "The rhythm counts, too: the lengths must agree but for one factor.": shared(
            rhythm=False
        ),
        "This counts intervals; a run of n intervals has n + 1 notes.": shared(add=-1),
        "All notes of a run must follow one another in both melodies; here they are added up from anywhere.": shared(
            gaps=True
        ),
        "A run may begin anywhere in either melody, not only at the two beginnings.": shared(
            start=True
        ),
    },
    hint="For every pair of places i, j: the run that ends there is one longer than the one that ends at i - 1, j - 1, "
    "if the last steps agree and the lengths have one ratio (multiply crosswise to stay with whole numbers); else it "
    "is 1.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="longest_run" points=2
for case in range(6):
    sizes = random.integers(14, 24, size=3)
    tune, other, more = (
        np.stack(
            [
                60 + np.cumsum(random.integers(-4, 5, size=n)),
                random.choice([1, 2, 3, 4, 6], size=n),
            ],
            axis=1,
        )
        for n in sizes
    )
    size, start = int(random.integers(4, 13)), int(random.integers(0, 2))
    copy = tune[start : start + size].copy()
    copy[:, 0] += int(random.integers(-5, 6))
    copy[:, 1] *= int(random.integers(1, 4))
    decoy = tune[-13:].copy()
    decoy[:, 1] = 12 * decoy[:, 1] - 1  # the ratios are near, and none but 1 is the same
    leaps = tune[-13:].copy()
    leaps[:, 0] += 12 * (np.arange(13) // 3 % 2)
    tune[:, 1] *= 1 + 2 * (case % 2)  # in every other case the piece has the shorter notes
    publish(
        **{
            f"run_{case}": longest_run(
                np.concatenate([other[:5], copy, decoy, leaps, more[:4]]), tune
            )
        }
    )

# %% [markdown]
# Your function on one phrase of the live GAN, against 600 training tunes, beside the library's search through all of
# them (which asks for equal lengths). Then the yardstick: any two reels share *some* run. How much do held-out phrases
# of the same length share with the training tunes, phrases that cannot have been copied? (By construction no
# run of 20 intervals crosses our split, and no eight within the openings: real strangers may share a little more than
# this yardstick says.)

# %%
phrase = invented[2][invented[2][:, 0] > 0]
sounding = [notes[notes[:, 0] > 0] for notes in train_notes[:600]]
lengths = [checked_longest_run(phrase, notes) for notes in sounding]
place = int(np.argmax(lengths))
print(f"yours: {max(lengths)} of {len(phrase)} notes stand in {train[place].title}")
runs = {
    "held-out phrases": melody_copies.longest_runs(held_phrases[:400], train_notes),
    "the live GAN": melody_copies.longest_runs(invented[:400], train_notes),
}
for name, found in runs.items():
    pieces = held_phrases if name.startswith("held") else invented
    share = np.mean(
        [run.notes / len(piece) for run, piece in zip(found, pieces[:400], strict=True)]
    )
    whole = np.mean(
        [run.notes == len(piece) for run, piece in zip(found, pieces[:400], strict=True)]
    )
    print(
        f"{name:18} longest shared run {np.mean([run.notes for run in found]):.1f} notes, {share:.0%} of the phrase; "
        f"{whole:.1%} stand whole in a training tune"
    )

# %% [markdown]
# The GAN's phrases share less with the training tunes than real phrases of other families do, and none stands whole in
# one: it has not copied. Do not take that for a merit by itself: noise copies nothing at all. A
# part of what real phrases share with others is idiom, and by intervals the GAN has less of it.
#
# ## Mode and tempo
# Two controls that every listener knows. The **tempo** is quarter notes a minute. The **mode** is which seven of the
# twelve pitch classes are the scale, counted from the tonic: major has a note four semitones above it, minor three. To
# move a tune to another mode, each note keeps its *degree* of the scale. The panel has both, with any of six held-out
# tunes.

# %%
from course_lib.media import modes
from course_lib.panels.melody_player import MelodyPlayer

in_two_modes = [
    tune
    for tune in parts.test
    if tune.mode in ("major", "minor")
    and tune.meter in ("4/4", "2/2")
    and tune_bars.phrase_pairs(tune)
]
print(
    "degrees of the scale, semitones above the tonic:",
    modes.MODES["major"],
    "major,",
    modes.MODES["minor"],
    "minor",
)
MelodyPlayer({tune.title: tune for tune in in_two_modes[:6]}).show()

# %% [markdown]
# What can a listener tell? Six phrases that the panel above did not play, three in major and three in minor, each as it
# was written and moved to the other mode: so it does not help to choose always the major one. A coin decides which is
# on the left. Write down first how many of six you expect to get right. (Six answers are few; the panel says what they
# allow you to claim.)

# %% fold="Make six pairs, and listen"
from course_lib.panels.hear_two import HearTwo, NearestTune

other_mode = {"major": "minor", "minor": "major"}
not_heard = [tune for tune in in_two_modes[6:] if tune.title != source.title]
three_each = [
    tune
    for mode in ("major", "minor")
    for tune in [each for each in not_heard if each.mode == mode][:3]
]
as_written, moved_over, changed = [], [], []
for tune in three_each:
    phrase = tune_bars.phrase_pairs(tune)[0][0]
    home = modes.tonic(tune.key_sharps, tune.mode)
    other = modes.change_mode(phrase, home, tune.mode, other_mode[tune.mode])
    as_written.append(phrase)
    moved_over.append(other)
    changed.append(np.mean(phrase[:, 0] != other[:, 0]))
print(
    f"notes that differ: {np.mean(changed):.0%} on average, {min(changed):.0%} to {max(changed):.0%}"
)
HearTwo(
    {"as written": as_written, "other mode": moved_over},
    question="Which is as it was written?",
    tempo=200,
    seed=6,
).show()

# %% [markdown]
# And the question behind it all: a real phrase, or the GAN's? Once you have chosen, the nearest training tune of each
# invented phrase is one click away, with the notes that they share.

# %% fold="Make six pairs of real and invented phrases"
real_ones, fakes = held_phrases[10:370:60], invented[10:370:60]
found = melody_copies.longest_runs(fakes, train_notes)
nearest = [
    NearestTune(
        train[run.tune].title, cut(train_notes[run.tune][run.position :], 32), run.notes
    )
    for run in found
]
HearTwo(
    {"a tune": real_ones, "the GAN": fakes},
    question="Which is from a tune that people played?",
    nearest={"the GAN": nearest},
    tempo=200,
    seed=1,
).show()

# %% [markdown]
# ## Three faults in print
# Programs that "compose music with a GAN" are easy to find. The three faults below come from articles that are
# recommended to beginners; none stops the program where the fault is.
#
# 1. **The data are no music.** The program loads the digits of MNIST, 28 by 28, and calls them notes.
# 2. **Noise as real data.** `real = np.random...`: the discriminator is shown random numbers as real, and the generator
#    learns to make random numbers.
# 3. **A file that nobody wrote.** The last line plays a file whose name never occurs before: what is heard, if
#    anything, was there already.
#
# Each is caught by one call, the first two before any training: look at your data as what they claim to be. (The
# course has garments where those programs have digits.)

# %%
from course_lib import CourseError, datasets
from course_lib.scores import melody_sources

pictures = datasets.load("fashion_mnist").images_test[:200]


def refused(name, attempt):
    try:
        attempt()
        print(f"{name}: passed")
    except CourseError as error:
        print(f"{name}: {error}")


noise = melody_sources.random_rolls(400)
refused("real rolls", lambda: melody_sources.check_rolls(rolls[:200]))
refused("garments", lambda: melody_sources.check_rolls(pictures))
refused("noise as rolls", lambda: melody_sources.check_rolls(noise))
refused(
    "noise as music",
    lambda: melody_sources.check_is_music(bar_rolls.to_notes(noise), held_phrases),
)

# %% [markdown]
# Random rolls pass the first check, for they *are* rolls; the second asks whether they are nearer to music than
# shuffled notes. The third: what was written is read back before it is played. MIDI is the format that every music
# program reads: not sound, but when which key is pressed. (The cell needs mido, a small package; where it is missing it
# says so.)

# %%
import importlib.util
import tempfile
from pathlib import Path

from course_lib.media import midi

together = np.concatenate([source_phrase, answer])
if importlib.util.find_spec("mido") is None:
    print("The MIDI cell is skipped: mido is not installed here (pip install mido).")
else:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my_tune.mid"
        refused(
            "before it is written",
            lambda: melody_sources.check_written(
                path, together, lambda p: midi.load_midi(p).notes
            ),
        )
        midi.save_midi(
            together, path, tempo=160, instrument="whistle", title="a phrase and its answer"
        )
        refused(
            "after",
            lambda: melody_sources.check_written(
                path, together, lambda p: midi.load_midi(p).notes
            ),
        )
        print(f"{path.name}: {path.stat().st_size} bytes for {len(together)} notes")

# %% [markdown]
# To keep a file, write it to a place of your own: `midi.save_midi(together, "my_tune.mid")`, and open it in any
# notation program, or `sound.save_wav(sound.waveform(together), "my_tune.wav")`.
#
# ## What we saw
# - A model of sequences is a product of conditional probabilities; its bits an event are a cross-entropy, and mean
#   something only beside what an event is. Bits a quarter note can be held against another way of writing.
# - Variants of one tune on both sides of a split make learning by heart look like music. Families are kept together.
# - Counting with Witten-Bell smoothing is a baseline of 3.7 bits. Networks beat it within 40 processor seconds;
#   counting with a head of attention built by hand, which copies within the tune, needs fewer bits than they do.
# - A mask that is off by one crashes nothing and makes a model look miraculous.
# - Temperature 0 repeats, a low one copies, a high one leaps; the numbers say where.
# - An answer by sequence to sequence uses its phrase: with a stranger's phrase it costs more than a bit an event more.
# - The straight-through step lets a generator choose. Without it a discriminator of one line wins.
# - On bars the n-gram has better statistics than the GAN, but for the lengths. Neither copies more than
#   held-out phrases share by idiom.
# - Look at data as what they claim to be; read back what was written.
#
# ## Quiz
#
# <details><summary>1. A colleague writes every note as a pitch token and a length token, and gets 1.7 bits a token
# where you have 3.2 bits an event. Who is better?</summary>
# One event is two of the colleague's tokens: 3.4 bits against 3.2, as far as END and the rest agree. Compare bits a
# quarter note.</details>
#
# <details><summary>2. An n-gram of order 6 has fewer bits on its training tunes than one of order 3, and more on
# others. Which would you choose, and why not by the test tunes?</summary>
# Order 3, by validation tunes. If the test tunes choose, their bits are no longer those of tunes that had no
# say.</details>
#
# <details><summary>3. A friend's attention model reaches 0.3 bits an event after a minute. What do you look at
# first?</summary>
# The mask. Change a later event: no earlier prediction may move.</details>
#
# <details><summary>4. At temperature 0 a network repeats four notes for ever. Is it broken?</summary>
# No. The likeliest event after a repetition is often one more, and nothing in the rule says that the likeliest *tune*
# is made of likeliest events.</details>
#
# <details><summary>5. The straight-through gradient of a generator that has become certain, p nearly one-hot, is nearly
# 0. Why?</summary>
# It is p (g - sum p g): for a p of 1 the bracket is 0, and for the others p is. The gradient is the softmax's, and a
# softmax that is certain is flat. A higher temperature in the backward step keeps it alive.</details>
#
# <details><summary>6. A melody by a program shares a run of nine notes with a training tune. Copied?</summary>
# Ask the yardstick first: what do held-out tunes of that length share with the training tunes?</details>
#
# ## Where next
# The same n-gram, network and attention block read letters instead of notes in lesson 13, and lesson 14 sets a couplet
# to one of these tunes. Lesson 17 cuts a film to the beat of one. Read `course_lib/models/sequences`: nothing in it
# knows that it is about music.
#
# ## References
# - I. Witten, T. Bell, *The zero-frequency problem: estimating the probabilities of novel events in adaptive text
#   compression*, IEEE Transactions on Information Theory 37, 1991. Method C.
# - H. Ney, U. Essen, R. Kneser, *On structuring probabilistic dependences in stochastic language modelling*, Computer
#   Speech and Language 8, 1994. Absolute discounting.
# - K. Cho and others, *Learning phrase representations using RNN encoder-decoder for statistical machine translation*,
#   EMNLP 2014 (arXiv:1406.1078). Section 2.3: the gated unit.
# - O. Press, N. Smith, M. Lewis, *Train short, test long: attention with linear biases enables input length
#   extrapolation*, ICLR 2022 (arXiv:2108.12409). The slope.
# - I. Sutskever, O. Vinyals, Q. Le, *Sequence to sequence learning with neural networks*, NeurIPS 2014
#   (arXiv:1409.3215).
# - M.-T. Luong, H. Pham, C. Manning, *Effective approaches to attention-based neural machine translation*, EMNLP 2015
#   (arXiv:1508.04025). Section 3.1: the attention used here.
# - D. Bahdanau, K. Cho, Y. Bengio, *Neural machine translation by jointly learning to align and translate*, ICLR 2015
#   (arXiv:1409.0473). Attention in an answer.
# - A. Vaswani and others, *Attention is all you need*, NeurIPS 2017 (arXiv:1706.03762). Section 3.2: the formula, and
#   the root of d.
# - C. Olsson and others, *In-context learning and induction heads*, 2022 (arXiv:2209.11895).
# - Y. Bengio, N. Léonard, A. Courville, *Estimating or propagating gradients through stochastic neurons for conditional
#   computation*, 2013 (arXiv:1308.3432). The straight-through estimator.
# - E. Jang, S. Gu, B. Poole, *Categorical reparameterization with Gumbel-softmax*, ICLR 2017 (arXiv:1611.01144).
# - L.-C. Yang, S.-Y. Chou, Y.-H. Yang, *MidiNet*, ISMIR 2017 (arXiv:1703.10847). A convolutional GAN on bars.
# - H.-W. Dong, Y.-H. Yang, *Convolutional generative adversarial networks with binary neurons for polyphonic music
#   generation*, ISMIR 2018 (arXiv:1804.09399). Straight-through against thresholds.
# - L.-C. Yang, A. Lerch, *On the evaluation of generative models in music*, Neural Computing and Applications 32, 2020.
# - B. Sturm, J. Santos, O. Ben-Tal, I. Korshunova, *Music transcription modelling and composition using deep learning*,
#   2016 (arXiv:1604.08723). Recurrent networks on 23,000 such tunes, and what players made of them.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings: up to the good place to stop with exercises 1 to 3, then the rest. With 50 minutes: the four
# melodies, exercise 1, the table of counting and networks, and the blind panel. Exercises 2 and 6 are good homework.
#
# **Sound.** Headphones, or one machine with loudspeakers. Nothing plays before it is started. Everything heard is also
# drawn and said in words, so a student who cannot hear can do every exercise.
#
# **Usual misconceptions.**
#
# - "Fewer bits is better music." It is fewer bits on these tunes, in this writing.
# - "More tunes, so a random split is fine." Let them look for the variants of one title.
# - "Attention replaces the mask." Let them change a later event and watch the earlier outputs.
# - "Straight-through is the gradient of argmax." That is 0. It is the gradient of something else.
# - "The statistics are right, so it is good." Shuffled notes have perfect pitch classes.
#
# **Ask.**
#
# - "Which of the five ways would you call a composer?"
# - "Who wrote the answer to the phrase?" (Lesson 20.)
# - "What would you have to measure to say that a listener *likes* it?" (Lesson 16.)
