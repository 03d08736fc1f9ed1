# %% [markdown]
# # 14. Couplets
# "Achilles' wrath, to Greece the direful spring / Of woes unnumber'd, heavenly goddess, sing!" So begins Pope's
# *Iliad*, and so it goes on for nearly nine thousand couplets. You give the first line, and a network writes the
# second: it reads yours as a whole and writes its own, looking at your words as it goes. It sounds like Pope. How much
# of that is an answer to your line, how much is rhyme, how much is manner, and how much was copied? Each is a number,
# and the simple rival is a list of rhymes with some counting.
#
# **You will be able to**
#
# - say what changes, and what does not, when a line is written in another order;
# - write attention between two sequences, with a mask, and find it again inside a trained network;
# - take a gain apart with controls: another's line with the same rhyme, any other's line, none;
# - derive what beam search looks for, repair one, and say why the likeliest line is not the one you want;
# - measure what is new in a way that short lines and repetitions cannot cheat.
#
# **Time:** {minutes} minutes, six exercises included. All cells together run in under three minutes. **Assumed:**
# NumPy, a first Keras course, bits, n-grams, the recurrent network and the block of attention of lesson 12. No Chinese
# is assumed: the lines that are discussed are translated word by word.
#
# **Notation.** The **phrase** $x_1, \dots, x_m$ is what is given, the **answer** $y_1, \dots, y_n$ what is written,
# closed by END. Its **partner** is the word it should rhyme with, the last of the first line. Bits are $-\log_2$ of a
# probability.

# %% role="setup"
import itertools
import math
import warnings

import numpy as np

from course_lib.checks import check


def softmax(logits):
    """Probabilities along the last axis."""
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% [markdown]
# ## Where we are going
# A first line from Pope's *Iliad*, and four second lines. One is Pope's. One is a line of the same poems that answers
# *another* line, with the same rhyme. One is by counting alone, from a list of rhymes and of what stands beside what.
# One is by a network, which has never met this couplet. Under each you can open the line of the training couplets that
# has most words in common with it (of all the words that either line has).

# %% fold="Load the couplets and two writers, and show four answers"
import matplotlib.pyplot as plt
from IPython.display import HTML, display

from course_lib import device, plots
from course_lib.datasets import sounds, verses
from course_lib.datasets.verses import Verse, written
from course_lib.models import pretrained_verses
from course_lib.models.verse_counts import Baseline
from course_lib.plots.chinese_text import marked
from course_lib.scores import verses as verse_scores

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
plots.use_course_style()
english = sounds.english()
couplets = pretrained_verses.parts("english")
code = pretrained_verses.code("english")
writer = pretrained_verses.couplets()
counting = Baseline(code, order=2).fit(couplets.train).choose_share(couplets.validation)


def nearest_of(line, learnt_from=couplets.train):
    """The training verse whose answer is most like a line, folded, one click away."""
    verse, shared = verse_scores.nearest(line, learnt_from)
    lines = "<br>".join(marked(written(each)) for each in (*verse.given, verse.answer))
    return (
        f"<details style='margin-bottom: 1em'><summary>nearest training answer: {shared:.0%} in common</summary>"
        f"{lines}<br><i>{marked(verse.source)}</i></details>"
    )


def show_lines(first, answers, learnt_from=couplets.train):
    """A given line and answers to it by name, each with its nearest training verse one click away."""
    parts = [f"<p><b>{marked(first)}</b></p>"] if first else []
    for name, line in answers.items():
        parts.append(f"<p>{marked(name)}: {marked(written(line))}</p>")
        parts.append(nearest_of(line, learnt_from))
    display(HTML("".join(parts)))


asked = couplets.test[420]
other = next(
    verse
    for verse in couplets.test
    if english.rhyme(verse.partner, asked.partner)
    and verse.given != asked.given
    and verse.rhyme not in (asked.rhyme, asked.partner)
)
four = {
    "counting": counting.answers([asked], seed=1)[0].line,
    "the poet": asked.answer,
    "the network": writer.answer(asked, "sample", temperature=0.7, seed=2).line,
    "a line that answers another": other.answer,
}
order = np.random.default_rng(3).permutation(4)
letters = {letter: list(four)[place] for letter, place in zip("ABCD", order, strict=True)}
show_lines(written(asked.given[0]), {letter: four[name] for letter, name in letters.items()})

# %% [markdown]
# **Predict first.** Which is which? Write down four letters. By which word did you know the counting?

# %% role="spoiler"
print(letters, "from", asked.source)

# %% [markdown]
# The poet's line and the line that answers another are hard to tell apart unless you mind what the first line *says*.
# Keep that in mind: rhyme and manner make a line sound right, and sense is what is left over.
#
# ## What rhymes?
# The couplets are Pope's *Iliad* and Dryden's *Aeneid*, 14,538 of them. Two words rhyme if they sound alike from the
# last stressed vowel on; a pronouncing dictionary lists that for 2,314 of the words that end these lines. Some words
# have two sounds, as *wind* has. Of others none is known: the dictionary has few gods.

# %%
all_couplets = verses.couplets()
for verse in all_couplets[:2]:
    print(f"{written(verse.given[0])} / {written(verse.answer)}")
for word in ("spring", "sing", "wind", "strove", "jove"):
    print(f"{word:8}", " or ".join(english.of(word)) or "not known")
print("strove and jove rhyme:", english.rhyme("strove", "jove"))

# %% [markdown]
# So the question "do these rhyme?" has three answers: yes, no, and *unknown*. How to count the third is a decision, and
# a careless one flatters.

# %% [markdown]
# ## Exercise 1: which pairs rhyme?
# Write `rhyme_shares(pairs, sounds_of)`. `pairs` is a list of (partner, last word), and `sounds_of` a function that
# gives a word's sounds, as a tuple: several where a word is spoken in several ways, and `()` where none is known.
#
# - A pair **rhymes** if the two are different words and have *a* sound in common, whichever it is.
# - A word beside itself does not rhyme, and to know that nobody has to know how it sounds.
# - Of two different words, one of them without a known sound, nobody can say. Such a pair is **unknown**.
#
# The result is two shares: of the pairs that rhyme among *all* pairs, and among those that are not unknown. (Take for
# granted that there is at least one of these.)


# %% role="exercise" grade_id="rhyme_shares"
# Exercise 1
def rhyme_shares(pairs, sounds_of):
    """(share that rhymes of all pairs, share that rhymes of those that are not unknown)."""
    ### BEGIN SOLUTION
    rhyming = known = 0
    for one, other in pairs:
        first, second = set(sounds_of(one)), set(sounds_of(other))
        known += one == other or bool(first and second)
        rhyming += one != other and bool(first & second)
    return rhyming / len(pairs), rhyming / known
    ### END SOLUTION


# %% role="check" grade_id="rhyme_shares"
def rhyme_shares_with(match="any", itself="no", unknown="left out", swapped=False):
    """The two shares by a verdict for each pair, with faults."""

    def verdict(one, other, sounds_of):
        first, second = sounds_of(one), sounds_of(other)
        if one == other and itself != "asked":
            return itself == "yes"
        if match == "only the partner's" and first and not second:
            return False
        if not first or not second:
            return {"left out": None, "no": False, "yes": True}[unknown]
        if one == other:
            return False
        if match == "first":
            return first[0] == second[0]
        if match == "all":
            return set(first) == set(second)
        return any(sound in second for sound in first)

    def shares(pairs, sounds_of):
        found = [verdict(*pair, sounds_of) for pair in pairs]
        known = [each for each in found if each is not None]
        both = (found.count(True) / len(found), known.count(True) / len(known))
        return both[::-1] if swapped else both

    return shares


SOUNDS = {
    "wind": ("IND", "AYND"),
    "mind": ("AYND",),
    "kind": ("AYND",),
    "bow": ("OW", "AW"),
    "now": ("AW",),
    "go": ("OW",),
    "read": ("EED", "ED"),
    "lead": ("ED", "EED"),
    "head": ("ED",),
}
RHYME_CASES = [
    [
        *(("mind", "kind"), ("mind", "wind"), ("jove", "strove")),
        *(("go", "go"), ("now", "go"), ("mind", "kind")),
    ],
    [
        ("bow", "now"),
        ("lead", "read"),
        ("jove", "jove"),
        ("jove", "go"),
        ("jove", "go"),
        ("head", "mind"),
        ("head", "read"),
    ],
    [
        ("kind", "jove"),
        ("head", "head"),
        ("wind", "kind"),
        ("bow", "go"),
        ("go", "head"),
        ("jove", "jove"),
    ],
]


def plain_rhyme_shares(pairs, sounds_of):
    """Where a word with a known sound rhymes with itself."""
    both = [(set(sounds_of(one)), set(sounds_of(other))) for one, other in pairs]
    known = [bool(first & second) for first, second in both if first and second]
    return sum(known) / len(pairs), sum(known) / len(known)


checked_rhyme_shares = check(
    1,
    "rhyme_shares",
    cases=[
        (
            (pairs, lambda word: SOUNDS.get(word, ())),
            rhyme_shares_with()(pairs, lambda word: SOUNDS.get(word, ())),
        )
        for pairs in RHYME_CASES
    ],
    mistakes={
        "A word beside itself is no rhyme.": rhyme_shares_with(itself="yes"),
        "A word beside itself is no rhyme, and to know that its sound need not be known.": (
            plain_rhyme_shares
        ),
        "A pair that comes twice counts twice.": lambda pairs, sounds_of: rhyme_shares_with()(
            list(dict.fromkeys(pairs)), sounds_of
        ),
        "A word beside itself does not rhyme, whether or not its sound is known: it is never an unknown pair.": (
            rhyme_shares_with(itself="asked")
        ),
        "A word may have several sounds, and one in common is enough; this looks at the first ones only.": (
            rhyme_shares_with(match="first")
        ),
        "One sound in common is enough; the words need not have all of them in common.": rhyme_shares_with(
            match="all"
        ),
        "Of what is unknown nobody can say that it does not rhyme: the second share leaves these pairs out.": (
            rhyme_shares_with(unknown="no")
        ),
        "What is unknown does not count as a rhyme.": rhyme_shares_with(unknown="yes"),
        "A pair is unknown as soon as one of its two words is, the last word as well as the partner.": (
            rhyme_shares_with(match="only the partner's")
        ),
        "These are the two shares, but the other way round: that of all pairs comes first.": rhyme_shares_with(
            swapped=True
        ),
    },
    hint="Count two things over the pairs: how many rhyme, and how many are not unknown. Sets have an intersection, &.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="rhyme_shares" points=1
shares = []
for _ in range(6):
    names = [f"word{number}" for number in range(12)]
    counts = random.integers(0, 4, size=12)
    places = random.random((12, 5))
    table = {
        name: tuple(f"S{place}" for place in np.argsort(row)[:count])
        for name, row, count in zip(names, places, counts, strict=True)
    }
    table["word0"], table["word1"], table["word2"] = ("S0",), ("S1", "S0"), ()
    drawn = random.integers(0, 12, size=(int(random.integers(15, 30)), 2))
    pairs = [("word0", "word1"), ("word2", "word2"), ("word1", "word1")]
    pairs += [(names[one], names[other]) for one, other in drawn]
    shares.append(rhyme_shares(pairs, lambda word, table=table: table[word]))
publish(shares=shares)

# %% [markdown]
# Your function on all couplets, and on the same lines dealt out anew, so that each first line gets a stranger's answer:

# %% tags=["nbval-check-output"]
dealt = np.random.default_rng(0).permutation(len(all_couplets))
for name, answers in (
    ("real couplets", all_couplets),
    ("dealt anew", [all_couplets[place] for place in dealt]),
):
    pairs = [
        (verse.partner, answer.rhyme)
        for verse, answer in zip(all_couplets, answers, strict=True)
    ]
    share, share_known = checked_rhyme_shares(list(pairs), english.of)
    library = verse_scores.rhymes(pairs, english)
    assert np.allclose((share, share_known), (library.share, library.share_known))
    print(f"{name:14} rhyme {share:.2f}; where both sounds are known {share_known:.2f}")

# %% [markdown]
# Nine in ten, against two in a hundred by chance. The number needs its small print. These couplets were *selected* by
# rhyme, by the same table where it knows both words, and lines that pair with no other were left out; so 0.89 says how
# the collection was made as much as how Pope rhymed. And a tenth that "does not rhyme" is mostly words that did in
# 1715, or that do to the eye: *far* with *war*, *blood* with *stood*, *heaven* with *given*. It is still the right
# yardstick for a machine: it learns from these lines.
#
# **The split.** As with the tunes of lesson 12, what belongs together stays on one side: couplets with the same pair of
# rhyming words, and couplets that share a line. A model may have met *spring* and *sing*, but never in the same couplet
# as it is now asked for.

# %%
print({name: len(part) for name, part in couplets._asdict().items()})
seen = {frozenset((verse.partner, verse.rhyme)) for verse in couplets.train}
held = {frozenset((verse.partner, verse.rhyme)) for verse in couplets.test}
print("pairs of rhymes on both sides:", len(seen & held), "of", len(held))

# %% [markdown]
# ## From the left, from the right
# A model of sequences writes one word after the other, and the probability of a line is a product. Nothing says where
# it has to begin. Forwards or backwards, the same line, two products:
#
# $$ P(w_1 w_2 \dots w_n) = \prod_{i=1}^n P(w_i \mid w_1 \dots w_{i-1})
#    = \prod_{i=n}^1 P(w_i \mid w_{i+1} \dots w_n) . $$

# %% tags=["nbval-check-output"]
random = np.random.default_rng(0)
together = random.random(
    (3, 4, 5)
)  # P of three words in a row, from vocabularies of 3, 4 and 5
together /= together.sum()
first, last = together.sum(axis=(1, 2)), together.sum(axis=(0, 1))
forwards = first[:, None] * (together.sum(axis=2) / first[:, None])
forwards = forwards[:, :, None] * together / together.sum(axis=2, keepdims=True)
backwards = last * (together.sum(axis=0) / last)
backwards = backwards * together / together.sum(axis=0)
print("forwards and backwards differ by at most", f"{np.abs(forwards - backwards).max():.0e}")
assert np.allclose(forwards, together) and np.allclose(backwards, together)

# %% [markdown]
# With the true probabilities there is no difference. With a model's there is little: here are two n-grams of order 2,
# one that reads the training lines as they stand and one that reads them from their ends.
#
# **Predict first.** Which of the two has the fewer bits a word? Let the one that reads forwards write answers, word by
# word from the left, to held-out first lines. Will more of them rhyme than lines that were dealt anew? And of the nine
# bits that a line's last word costs, how many would be saved if you knew which words rhyme?

# %% role="spoiler" fold="Count in both directions, and let the one that reads forwards write"
from course_lib.models.sequences import scoring
from course_lib.models.sequences.ngram import NGram

lines = [line for verse in couplets.train for line in (*verse.given, verse.answer)]
held_out = [verse.answer for verse in couplets.test]
in_order = {"forwards": lambda line: line, "backwards": lambda line: line[::-1]}
ngrams = {}
for name, turned in in_order.items():
    ngrams[name] = NGram(len(code.vocabulary), order=2).fit(
        [code.vocabulary.encode(turned(line)) for line in lines]
    )
    bits = ngrams[name].bits_each([code.vocabulary.encode(turned(line)) for line in held_out])
    rhyme_at = -2 if name == "forwards" else 0
    print(
        f"{name:10} {np.mean(np.concatenate(bits)):.2f} bits a word, "
        f"{np.mean([each[rhyme_at] for each in bits]):.2f} for the last word of the line"
    )
drawn = scoring.sample(ngrams["forwards"], count=500, length=12, seed=0)
ends = [code.vocabulary.decode(ids[-1:])[0] for ids in drawn if len(ids)]
pairs = [(verse.partner, end) for verse, end in zip(couplets.test, ends, strict=False)]
forward_share = checked_rhyme_shares(pairs, english.of)[0]
fitting = counting.bits_each(couplets.test)[:, 0].mean()
print(f"written forwards, {forward_share:.1%} rhyme with the line that was given")
print(f"the last word costs {fitting:.2f} bits if it is first chosen among those that rhyme")

# %% [markdown]
# Written forwards, fewer than one in a hundred rhyme here: no more than lines dealt out at random. The rhyme comes
# last, when the sentence has gone where it would, and an n-gram cannot steer towards it. A network could in principle;
# it would have to think of the last word at the first. Written **from the rhyme backwards**, the hardest demand is met
# first: choose a word that rhymes, and then the way to it. A rhyme known is worth more than five bits. A likelihood
# has them in either order; a *writer* has them only if the rhyme is chosen while everything is still open. (Poets do
# the same, and rhyming dictionaries are sold for it.)
#
# ## The rival: a rhyme, and counting
# The **baseline** needs no network. With a share $r$ of its answers it draws the last word among those that rhyme, by
# how often lines end in them, and else among all; the rest of the line comes from the n-gram that reads backwards:
#
# $$ P(y_1 \mid \text{partner}) = r\, \frac{c(y_1)\, [y_1 \text{ rhymes}]}{\sum_w c(w)\, [w \text{ rhymes}]}
#    + (1 - r)\, \frac{c(y_1)}{\sum_w c(w)} . $$
#
# It knows which words rhyme, and of your line nothing but its last word. The cell checks the formula on six words, and
# then on the whole list.

# %% tags=["nbval-check-output"]
counts = np.array([6.0, 1, 2, 3, 0, 4])
rhyming = np.array([False, True, True, False, True, False])
r = 0.8
last_word = r * counts * rhyming / counts[rhyming].sum() + (1 - r) * counts / counts.sum()
print(last_word.round(3), "sum", round(last_word.sum(), 6))
print(
    f"rhymes with probability {last_word[rhyming].sum():.3f}, not {r}: words that rhyme are drawn by chance as well"
)
assert np.isclose(last_word.sum(), 1)
vocabulary, first_verse = code.vocabulary, couplets.test[0]
partner = first_verse.partner
fits = [
    word for word in vocabulary.symbols if word != partner and english.rhyme(word, partner)
]
print(f"{partner}: {len(fits)} words rhyme,", *fits)
fit = np.isin(np.arange(len(vocabulary)), [vocabulary.ids[word] for word in fits])
ends, r = counting.ends, counting.share
formula = r * ends * fit / ends[fit].sum() + (1 - r) * ends / ends.sum()
assert np.allclose(counting.last_word(first_verse), formula)

# %% [markdown]
# To compare a network with such a rival fairly, the two should rhyme *equally often*: otherwise one of them wins by
# rhyming, and one has learnt nothing about the rest.

# %% [markdown]
# ## Exercise 2: a rival that rhymes as often
# The network's rival draws the last word by how often lines end in it. To be fair it has to rhyme exactly as often as
# we want: not more, and not less. Write `rhyming_word(counts, rhyming, own, wanted)`, the probabilities $(V,)$ of the
# last word. `counts` $(V,)$ says how often each word ends a line, `rhyming` $(V,)$ is True for those that sound like
# the partner, `own` is the partner's number, or -1 if it is no word of the list, and $0 <$ `wanted` $< 1$.
#
# - The partner itself is never drawn, be it marked as rhyming or not.
# - A word that rhymes comes with probability `wanted`, any other word with the rest. *Within* either part words come in
#   proportion to their counts.
# - Sometimes a part is empty, or nothing in it was ever counted. Then all words come from the other part. (That both
#   are empty does not happen.)


# %% role="exercise" grade_id="rhyming_word"
# Exercise 2
def rhyming_word(counts, rhyming, own, wanted):
    """P(last word), (V,), that rhymes with probability `wanted` and is never `own`."""
    ### BEGIN SOLUTION
    counts = np.array(counts, float)
    if own >= 0:
        counts[own] = 0
    chances = np.zeros(len(counts))
    for part, share in ((counts * rhyming, wanted), (counts * ~rhyming, 1 - wanted)):
        if part.sum() > 0:
            chances += share * part / part.sum()
    return chances / chances.sum()  # if a part was empty, the other gets it all
    ### END SOLUTION


# %% role="check" grade_id="rhyming_word"
def rhyming_word_with(
    rest="others",
    even=False,
    partner="never",
    none="last kept",
    empty="other",
    swapped=False,
    parts="apart",
):
    """The probabilities word by word, with faults."""

    def chances(counts, rhyming, own, wanted):
        size = len(counts)
        wanted = 1 - wanted if swapped else wanted
        weights = [1.0 if even and count else float(count) for count in counts]
        marked = [bool(each) for each in rhyming]
        place = own if own >= 0 else size - 1 if none == "last lost" else None
        late = partner in ("late", "late, made up")
        if place is not None:
            if partner == "never":
                weights[place] = 0.0
            elif partner == "moved":
                marked[place] = False
            elif partner == "if it rhymes" and marked[place]:
                weights[place] = 0.0
        found = [0.0] * size
        second = [rest == "all" or not each for each in marked]
        for inside, share in ((marked, wanted), (second, 1 - wanted)):
            here = [weight * is_in for weight, is_in in zip(weights, inside, strict=True)]
            if parts == "largest":
                here = [weight * (weight == max(here)) for weight in here]
            total = {"together": sum(weights)}.get(parts, sum(here))
            for word in range(size):
                if here[word] and total:
                    found[word] += share * here[word] / total
            if empty == "even" and not total:
                found = [each + share / size for each in found]
        if late and place is not None:
            found[place] = 0.0
        if empty == "other" and partner != "late":
            found = [each / sum(found) for each in found]
        return np.array(found)

    return chances


def some_endings(seed, size, own="rhymes"):
    random = np.random.default_rng(seed)
    counts = random.integers(1, 30, size=size)
    rhyming = random.random(size) < 0.4
    rhyming[:3], rhyming[-1] = (True, True, False), bool(seed % 2)
    counts[3] = 0
    number = {"rhymes": 1, "sounds unknown": 2, "none": -1}[own]
    return counts, rhyming, number, round(random.uniform(0.2, 0.95), 2)


endings = [
    some_endings(0, 6),
    some_endings(1, 9, "none"),
    some_endings(2, 8, "sounds unknown"),
]
endings.append(some_endings(4, 7, "none"))
endings.append(
    (np.array([4, 2, 0, 6]), np.array([False, True, True, False]), 1, 0.8)
)  # only the partner rhymes
endings.append(
    (np.array([5, 0, 3]), np.array([True, False, True]), -1, 0.6)
)  # nothing else was counted
checked_rhyming_word = check(
    2,
    "rhyming_word",
    cases=[(ending, rhyming_word_with()(*ending)) for ending in endings],
    mistakes={
        "Drawn from all words, the rest rhymes by accident too, and so it rhymes more often than wanted: draw it from "
        "those that do not rhyme.": rhyming_word_with(rest="all"),
        "This may rhyme the partner with itself.": rhyming_word_with(partner="kept"),
        "Not marked as rhyming any more, the partner is drawn as one of the other words: it is never drawn.": (
            rhyming_word_with(partner="moved")
        ),
        "The partner is never drawn, even where it is not marked as rhyming (of some words no sound is known).": (
            rhyming_word_with(partner="if it rhymes")
        ),
        "own = -1 says that there is no such word; counts[-1] is the last word of the list.": rhyming_word_with(
            none="last lost"
        ),
        "The two parts have each other's share: a word that rhymes comes with `wanted`, any other with the rest.": (
            rhyming_word_with(swapped=True)
        ),
        "Where a part is empty all words come from the *other* one, with probability 1 together.": rhyming_word_with(
            empty="even"
        ),
        "A word that rhymes and one that does not are weighed by `wanted` and by the rest; but it is the parts that "
        "have these probabilities, however many words are in them: divide each part by its own sum.": (
            rhyming_word_with(parts="together")
        ),
        "The largest count of a part does not get all of it: these are probabilities to draw from.": (
            rhyming_word_with(parts="largest")
        ),
        "Within a part words come in proportion to their counts.": rhyming_word_with(
            even=True
        ),
        "Take the partner out before you divide by the sums: now these do not add up to 1.": rhyming_word_with(
            partner="late"
        ),
        "Take the partner out before you divide by the sums: made up to 1 afterwards, they rhyme too seldom.": (
            rhyming_word_with(partner="late, made up")
        ),
        "Where a part is empty the other one gets everything; these do not add up to 1.": rhyming_word_with(
            empty="left"
        ),
    },
    hint="Go through the three rules: that the partner is never drawn, in either part; that a part's words share out "
    "its probability by their counts; and who gets it where a part is empty.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="rhyming_word" points=1
for case in range(8):
    size = int(random.integers(6, 15))
    counts = random.integers(1, 40, size=size)
    rhyming = random.random(size) < 0.4
    rhyming[:3], rhyming[-1] = (True, True, False), case % 2 == 1
    counts[4] = 0
    if case == 6:
        rhyming = np.arange(size) == 1  # the partner alone
    if case == 7:
        rhyming = np.arange(size) != 4  # what else there is was never counted
    own = (1, -1, 2, -1, 0, 2, 1, -1)[case]
    publish(
        **{
            f"chances_{case}": rhyming_word(
                counts, rhyming, own, float(random.uniform(0.1, 0.95))
            )
        }
    )

# %% [markdown]
# Your function, as a writer's first step: one word for each of 400 held-out lines, wanted at 0.6 and at 0.9. (Lines to
# which nothing is known to rhyme, because their sound is unknown, are left out: so a few are missing below.)

# %%
ends_of_lines = np.where(
    np.arange(len(vocabulary)) < 3, 0, counting.ends
)  # 0 to 2 are no words
random = np.random.default_rng(1)
for wanted in (0.6, 0.9):
    pairs = []
    for verse in couplets.test[:400]:
        rhymes = np.array(
            [
                bool(english.rhyme(word, verse.partner))
                for word in ("", "", "", *vocabulary.symbols)
            ]
        )
        if not rhymes.any():
            continue
        own = vocabulary.ids.get(verse.partner, -1)
        chances = checked_rhyming_word(ends_of_lines.copy(), rhymes, own, wanted)
        word = vocabulary.decode([random.choice(len(chances), p=chances)])[0]
        pairs.append((verse.partner, word))
    share = checked_rhyme_shares(pairs, english.of)[0]
    same = sum(one == two for one, two in pairs)
    print(f"wanted {wanted}: {share:.2f} of {len(pairs)} rhyme, {same} with themselves")

# %% [markdown]
# ## A sequence in, a sequence out
# Now the network. An **encoder** reads the phrase and makes a vector of every word of it, $v_1, \dots, v_m$: lesson
# 12's recurrent unit, once from the left and once from the right, so that every vector knows its neighbors on both
# sides. A **decoder**, a second such unit, writes. Its state $h_i$ starts from where the encoder ended and takes in one
# word of the answer after the other, so that
#
# $$ P(y \mid x) = \prod_{i=1}^{n+1} P(y_i \mid y_1 \dots y_{i-1},\; x_1 \dots x_m), \qquad
#    \text{perplexity} = 2^{\;\sum_{\text{all } y} -\log_2 P(y \mid x)\, /\, \sum_{\text{all } y} (n + 1)} . $$
#
# (Perplexity is that of lesson 12, a word here, and END counts as one.) Both lines are numbered from their ends: $y_1$
# is the *last* word of the line, the rhyme. And before it stands a *sound*, as a symbol of its own: in the phrase that
# of its partner, in the answer that of its rhyme. (One may call it $y_0$. Its bits are added to those of $y_1$, but it
# is no word: $n$ leaves it out.) Without that it would have to find out pair by pair which words rhyme, for it sees no
# letters: to it *spring* and *sing* are two numbers of a list.

# %% tags=["nbval-check-output"]
verse = all_couplets[0]
print("phrase:", *code.phrase(verse))
print("answer:", *code.answer(verse))
print(
    {word: code.vocabulary.ids[word] for word in ("spring", "sing")},
    "of",
    len(code.vocabulary),
)
bits = np.array(
    [[2.0, 3.0, 1.0, 2.0], [4.0, 1.0, 1.0, 0.0]]
)  # two answers; the second has two words and END
words_and_end = np.array([4, 3])
tiny = [Verse((), ("w",) * (events - 1), "") for events in words_and_end]
halves = np.stack([bits[:, 0], bits[:, 1:].sum(axis=1)], axis=1)  # rhyming word, rest
assert np.isclose(
    2 ** (bits.sum() / words_and_end.sum()), verse_scores.perplexity(halves, tiny).value
)
print("perplexity of two small answers:", 2 ** (bits.sum() / words_and_end.sum()))

# %% [markdown]
# A small print of its own: a word with two sounds can be reached by two ways, and its probability is the sum over both.
# We name the one that fits the partner and count that way alone; so what we say a network needs is a little too much,
# never too little:
#
# $$ -\log_2 P(w) = -\log_2 \sum_{u} P(u)\, P(w \mid u) \;\le\; -\log_2 P(u^\star)\, P(w \mid u^\star) . $$

# %% tags=["nbval-check-output"]
of_sounds, of_word = (
    np.array([0.5, 0.3, 0.2]),
    np.array([0.10, 0.02, 0.0]),
)  # "wind" has two sounds
by_all, by_one = -np.log2(of_sounds @ of_word), -np.log2(of_sounds[0] * of_word[0])
print(f"by all ways {by_all:.3f} bits, by the one that is named {by_one:.3f}")
assert of_sounds @ of_word >= (of_sounds * of_word).max()

# %% [markdown]
# **The look between.** One state of 112 numbers must not have to carry the whole phrase. Before it guesses $y_i$ the
# decoder makes a query $q_i = W_q h_i$ and compares it with a key for every word of the phrase, $k_j = W_k v_j$. What
# it takes away is a mean of the vectors, its **context** $c_i$:
#
# $$ s_{ij} = \frac{q_i \cdot k_j}{\sqrt d}, \qquad a_{ij} = \frac{e^{s_{ij}}}{\sum_{j'} e^{s_{ij'}}}, \qquad
#    c_i = \sum_j a_{ij}\, v_j . $$
#
# This is lesson 12's attention, changed in where things come from: queries from one sequence, keys and values from
# another. So the weights are an $n \times m$ table, not a square, and there is no causal mask: all of the phrase is
# past. Three words given, two written:

# %% tags=["nbval-check-output"]
q = np.array([[2.0, 0.0], [0.0, 1.0]])  # two words of the answer
k = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # three words of the phrase
v = np.array([[10.0], [20.0], [30.0]])
s_ij = q @ k.T / np.sqrt(2)
a_ij = np.exp(s_ij) / np.exp(s_ij).sum(axis=1, keepdims=True)
c_i = a_ij @ v
print("scores\n", s_ij.round(2))
print("weights, rows of sum", a_ij.sum(axis=1), "\n", a_ij.round(2))
print("contexts", c_i.ravel().round(2))
for i, j in itertools.product(range(2), range(3)):
    assert np.isclose(s_ij[i, j], sum(q[i, d] * k[j, d] for d in range(2)) / 2**0.5)
    assert np.isclose(c_i[i, 0], sum(a_ij[i, each] * v[each, 0] for each in range(3)))

# %% [markdown]
# From $h_i$ and $c_i$ together a linear layer makes the logits of all words. A mask is needed after all, of another
# kind: phrases in a batch have different lengths and are filled up, and nobody should look at the filling.

# %% [markdown]
# ## Exercise 3: look from one line to the other
# A batch of $b$ answers looks at $b$ given lines. Lines differ in length, so short ones are filled up, and `known`
# $(b, m)$ is False where a place of the given line is filling: nobody may look there, whatever its key and value are.
# (Each line has at least one word.) Write `look(queries, keys, values, known)` for queries $(b, n, d)$, keys
# $(b, m, d)$ and values $(b, m, e)$: the pair contexts $(b, n, e)$ and weights $(b, n, m)$,
#
# $$ s_{ij} = \frac{q_i \cdot k_j}{\sqrt d}, \qquad a_{ij} = \frac{e^{s_{ij}}}{\sum_{j' \text{ known}} e^{s_{ij'}}}
#    \text{ where } j \text{ is known, else } 0, \qquad c_i = \sum_j a_{ij}\, v_j . $$


# %% role="exercise" grade_id="look"
# Exercise 3
def look(queries, keys, values, known):
    """Contexts (b, n, e) and weights (b, n, m), every row of which has the sum 1."""
    ### BEGIN SOLUTION
    scores = queries @ np.swapaxes(keys, 1, 2) / math.sqrt(queries.shape[-1])
    weights = softmax(np.where(known[:, None, :], scores, -np.inf))
    return weights @ values, weights
    ### END SOLUTION


# %% role="check" grade_id="look"
def look_with(divided="root", over="given", hidden="before", mixed="weights"):
    """Contexts and weights, line by line and word by word, with faults."""

    def looked(queries, keys, values, known):
        (b, n, d), m = queries.shape, keys.shape[1]
        divisor = {"root": d**0.5, "d": d, "no": 1.0, "m": m**0.5}[divided]
        weights, free = np.zeros((b, n, m)), np.zeros((b, n, m))
        for one in range(b):
            scores = np.array([[q @ k / divisor for k in keys[one]] for q in queries[one]])
            if hidden == "as zero":
                scores = scores * known[one]
            powers = np.exp(scores)
            free[one] = powers / powers.sum(axis=1, keepdims=True)
            if hidden == "before":
                powers = powers * known[one]
            axis = {"given": 1, "answer": 0, "both": None}[over]
            weights[one] = powers / np.maximum(powers.sum(axis=axis, keepdims=True), 1e-300)
            if hidden == "after":
                weights[one] = weights[one] * known[one]
        used = free if mixed == "all" else weights
        contexts = np.array([used[one] @ values[one] for one in range(b)])
        return contexts, weights

    return looked


def some_lines(seed, b, n, m, d, e):
    random = np.random.default_rng(seed)
    lengths = random.integers(1, m + 1, size=b)
    lengths[0], lengths[-1] = m, max(1, m - 2)
    known = np.arange(m) < lengths[:, None]
    keys, values = random.normal(size=(b, m, d)), random.normal(size=(b, m, e))
    return random.normal(size=(b, n, d)), keys, values, known


line_cases = [
    some_lines(0, 1, 2, 3, 4, 2),
    some_lines(1, 3, 4, 4, 4, 4),
    some_lines(2, 2, 3, 5, 6, 4),
]
checked_look = check(
    3,
    "look",
    cases=[(case, look_with()(*case)) for case in line_cases],
    mistakes={
        "Contexts come first, then weights; this is the pair the other way round.": (
            lambda *case: look_with()(*case)[::-1]
        ),
        "The scores are not divided by the root of d.": look_with(divided="no"),
        "Divide by the root of d, not by d: a sum of d products of independent numbers spreads as the root.": look_with(
            divided="d"
        ),
        "d is how many numbers a query has, not how many words the given line has.": look_with(
            divided="m"
        ),
        "The softmax runs over the words of the answer, so that the columns add up to 1. Each word of the answer "
        "spreads its look over the given line: rows.": look_with(over="answer"),
        "The softmax runs over both lines at once; each word of the answer has a look of its own.": look_with(
            over="both"
        ),
        "The filling is looked at like words: `known` has to come in before the softmax.": look_with(
            hidden="no"
        ),
        "A score of 0 is a score like others: exp(0) = 1. What is not known needs minus infinity.": look_with(
            hidden="as zero"
        ),
        "Set to 0 after the softmax, the rest of a row does not add up to 1.": look_with(
            hidden="after"
        ),
        "The weights are right, but the contexts still mix in the values of the filling.": look_with(
            mixed="all"
        ),
    },
    hint="scores = queries @ keys with its last two axes exchanged, / sqrt(d), (b, n, m); -inf where known[:, None, :] "
    "is False; softmax over the last axis; the weights @ values.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="look" points=2
for case in range(4):
    b, n, m, d, e = (int(each) for each in random.integers((2, 2, 4, 3, 2), (4, 5, 7, 7, 6)))
    lengths = random.integers(1, m, size=b)
    contexts, weights = look(
        random.normal(size=(b, n, d)),
        random.normal(size=(b, m, d)),
        random.normal(size=(b, m, e)),
        np.arange(m) < lengths[:, None],
    )
    publish(**{f"contexts_{case}": contexts, f"weights_{case}": weights})

# %% [markdown]
# Is that really what happens inside? Take the queries, keys and vectors out of the trained network, for sixteen
# held-out couplets at a time, and let your function do the rest.

# %%
import keras

inner = writer.network.networks["network"]
tapped = keras.Model(
    inner.inputs,
    [
        inner.get_layer("queries").output,
        inner.get_layer("keys").output,
        inner.get_layer("encoder").output[0],
    ],
)
some = couplets.test[:16]
pairs = [(writer.phrase(verse), code.encode(verse)[1]) for verse in some]
phrases, answers = np.split(writer.network.windows(pairs), [writer.network.longest], axis=1)
queries, keys, vectors = (np.asarray(each) for each in tapped([phrases, answers[:, :-1]]))
contexts, weights = checked_look(queries, keys, vectors, phrases != 0)
print("queries", queries.shape, "keys", keys.shape, "weights", weights.shape)
theirs = writer.network.looks(pairs)
for own, network in zip(weights, theirs, strict=True):
    assert np.allclose(own[: network.shape[0], : network.shape[1]], network, atol=1e-5)
print("yours and the network's differ by less than 0.00001")

# %% [markdown]
# ## Forty-eight seconds
# An untrained network with the settings of the trained one: 112 numbers a state, 64 a word, one table of vectors for
# reading and for writing (a word's vector times the decoder's output is its logit), a fifth of the numbers left out
# in training, and now and then the phrase as well, so that it also learns to write to no line at all. Forty-eight
# processor seconds. After every eight it writes to a hundred validation lines, and we take apart what the real answers
# cost it: the **rhyming word** (with its sound), and **each other word**.
#
# **Predict first.** What is learnt first, to rhyme or to write the rest? And where will each of the two curves be
# after 48 seconds beside the baseline's: above, or below?

# %% role="spoiler" fold="Train for 48 processor seconds, and draw what the two parts cost"
from course_lib.models.verses import Writer
from course_lib.training import sequences

live = Writer(pretrained_verses.network("english", seed=1), code)
coded = [code.encode(verse) for verse in couplets.train]
some = couplets.validation[:200]
history = []
show_lines(written(some[0].given[0]), {"the poet": some[0].answer})
for block in range(6):
    done = sequences.fit(live.network, coded, seconds=8, batch_size=32, seed=1)
    cost = verse_scores.perplexity(live.bits_each(some), some)
    answers = live.answers(some[:100], "sample", seed=0)
    pairs = [(answer.verse.partner, answer.line[-1]) for answer in answers]
    rhymed = checked_rhyme_shares(pairs, english.of)[1]
    history.append((8 * (block + 1), cost.bits_rhyme, cost.bits_rest, rhymed))
    print(
        f"{history[-1][0]:3} s, step {live.network.step:4}: perplexity {cost.value:5.1f}, "
        f"rhymes {rhymed:.2f}"
    )
    show_lines("", {"it writes": answers[0].line})
seconds, *columns, _ = np.transpose(history)
rival = verse_scores.perplexity(counting.bits_each(some), some)
figure, axes = plt.subplots(figsize=(6.8, 3.6))
for values, level, role, style, name in (
    (columns[0], rival.bits_rhyme, "generator", "-", "the rhyming word"),
    (columns[1], rival.bits_rest, "discriminator", "--", "each other word"),
):
    axes.plot(
        seconds,
        values,
        plots.MARKERS[role],
        linestyle=style,
        color=plots.COLOURS[role],
        label=f"{name}, network",
    )
    axes.axhline(
        level,
        linestyle=":" if role == "generator" else "-.",
        color=plots.COLOURS[role],
        label=f"{name}, counting",
    )
axes.set(title="What a held-out answer costs", xlabel="processor seconds", ylabel="bits")
axes.legend(fontsize=8)
plots.show(
    figure,
    alt="Bits over processor seconds. The rhyming word's curve falls steeply from about eleven to about six and stays "
    "above the counting's level of four; that of each other word falls slowly from about seven and passes below the "
    "counting's level.",
)

# %% [markdown]
# The rhyme comes fast, once the network has found that the sound it is given is the sound it should write. And it
# stays dearer than the counting's: the baseline was *told* which words rhyme, while the network has to learn of every
# sound which words have it, and rare ones it hardly meets. The rest of the line falls slowly, and reaches the
# baseline's level only near the end of these seconds (on a slow machine just so; the longer-trained network is well
# below): what stands before *the plain* or *a shade* depends on more than the next word, and a state remembers more
# than an n-gram of order 2.
#
# **A good place to stop.** You have a rival, an attention, and a network that begins to rhyme. Next: what the first
# line is worth, how to draw from the network, and what it copied; then Chinese, and a song.
# %% [markdown]
# ## The longer-trained writer
# The writer at the top of this lesson is the same network after some five minutes (a script in the repository,
# `data/make_couplets.py`, trained it and measured all that is in the tables below). Greedily, it answers:

# %%
report = pretrained_verses.report("english")
print(
    f"{report['weights']:,} weights, {report['steps']:,} steps, {report['processor_seconds']:.0f} processor seconds, "
    f"perplexity {report['validation_perplexity']:.0f} on the validation side"
)
greedy = writer.answer(asked, "greedy")
show_lines(written(asked.given[0]), {"answered greedily": greedy.line})

# %% [markdown]
# Where did it look? Above stands what was given, with the sound that is asked for at its end; below the answer, with
# the sound that was chosen first. It was written from right to left. A line between two words is the thicker the
# larger the weight $a_{ij}$.

# %%
from course_lib.plots.attention_table import attention_lines, attention_table, in_words

plots.show(
    attention_lines(
        greedy.attention, greedy.rows, greedy.columns, "Where each word of the answer looked"
    ),
    alt="The given line above, the answer below, lines between their words: "
    + in_words(greedy.attention, greedy.rows, greedy.columns),
)

# %% [markdown]
# The same as numbers, in hundredths; a row is a word of the answer, and with the small weights that are left out every
# row adds up to 100.

# %%
assert np.allclose(greedy.attention.sum(axis=1), 1, atol=1e-4)
display(
    attention_table(greedy.attention, greedy.rows, greedy.columns, "Weights in hundredths")
)
answers = writer.answers(couplets.test[:100], "greedy")
looked = np.mean(
    [(each.attention[-1, -1], each.attention[-2, -1]) for each in answers], axis=0
)
largest = np.mean([each.attention[:-2].max(axis=1).mean() for each in answers])
print("on average of 100 greedy answers:")
print(f"the sound that is chosen looks at the sound that was given with {looked[0]:.2f},")
print(
    f"the rhyming word with {looked[1]:.2f}; the largest weight of another word is {largest:.2f}"
)

# %% [markdown]
# To choose its sound the network looks at the sound it was given and at hardly anything else, and the rhyming word
# mostly does so, too: that is how it rhymes. The other words spread their look; the largest weight of a row is a
# quarter or less, on average. Weights show where a network looked, and not what it took from there; that has to be
# measured.
#
# ## Four conditions
# The network is asked what the *real* second lines of 1,450 held-out couplets cost it, in four **conditions**. The
# answer is always the same; what is given changes:
#
# - *given*: its own first line;
# - *same rhyme*: another's first line, whose last word has the same sound;
# - *shuffled*: any other's first line, so the sound is wrong as well;
# - *blind*: nothing.
#
# Beside it the baseline, with its share of rhymes turned so that it rhymes *as often as the network does* (0.82 on
# average; a draw of 300 lines, as in the second table, may have 0.85).
#
# The column *95 %* is an interval for the perplexity: how far chance could have moved it, had other 1,450 couplets of
# the same kind been held out. (Its error is that of whole couplets, for the words of one line are alike.) *Another
# seed* is the same network, trained for as long from other random numbers.
#
# **Predict first.** Order the four conditions for the network, cheapest first. By how much will *same rhyme* lie above
# *given*, in percent of the perplexity: 1, 10, or 50? By how much does the network win *given*, or lose it? And how
# much dearer does each *other* word of the line become when nothing is given at all?

# %% role="spoiler" fold="Print the table of the four conditions"
from course_lib.datasets.tables import read_table


def rows_of(language, task, model, condition):
    """The rows of the table for all seeds, that of the stored weights first."""
    wanted = {"language": language, "task": task, "model": model, "condition": condition}
    found = [row for row in read_table("couplets_table.csv") if wanted.items() <= row.items()]
    return sorted(found, key=lambda row: row["seed"])


def show_likelihoods(language):
    """Perplexity, and bits of the rhyming word and of each other word, under each condition."""
    print(f"{'':37}{'perplexity':>10}{'95 %':>17}{'rhyming word':>14}{'each other':>12}")
    for model, name in (("network", "network"), ("baseline_equal", "counting, equal rhymes")):
        for condition in verse_scores.CONDITIONS:
            row, *seeds = rows_of(language, "likelihood", model, condition)
            interval = f"{row['low']:.1f} to {row['high']:.1f}"
            print(
                f"{name:24}{condition.replace('_', ' '):13}{row['perplexity']:10.1f}{interval:>17}"
                f"{row['bits_rhyme']:14.2f}{row['bits_rest']:12.2f}"
            )
            for each in seeds if model == "network" else ():
                print(
                    f"{'  another seed':37}{each['perplexity']:10.1f}{'':17}"
                    f"{each['bits_rhyme']:14.2f}{each['bits_rest']:12.2f}"
                )


show_likelihoods("english")

# %% [markdown]
# Two rows are about the *same* couplets, and some of these are dear to everybody: that makes every interval wide, and
# says nothing about a difference. So do not look whether two intervals overlap, but compare in pairs. Take the
# difference of the bits of each couplet; 2 to its mean, a word, says how many *times* the one perplexity is the other,
# and that factor has an interval of its own. No difference would be a factor of 1.

# %%
network_row = rows_of("english", "likelihood", "network", "given")[0]
matched = Baseline(
    code,
    order=2,
    share=rows_of("english", "likelihood", "baseline_equal", "given")[0]["share"],
).fit(couplets.train)
in_pairs = {"given": writer.bits_each(couplets.test)}
with warnings.catch_warnings(record=True) as said:
    strangers = verse_scores.in_condition(
        couplets.test, "same_rhyme", english, seed=0, pool=couplets.train
    )
print(*(warning.message for warning in said), sep="\n")
in_pairs["same rhyme"] = writer.bits_each(strangers)
in_pairs["counting"] = matched.bits_each(couplets.test)
assert np.isclose(
    verse_scores.perplexity(in_pairs["given"], couplets.test).value,
    network_row["perplexity"],
    rtol=1e-3,
)
for name in ("counting", "same rhyme"):
    times, low, high = verse_scores.times_dearer(
        in_pairs[name], in_pairs["given"], couplets.test
    )
    print(f"{name:10} over given: {times:.2f} times, 95 % {low:.2f} to {high:.2f}")

# %% [markdown]
# Read both slowly; the plain answer is not the one we would have liked.
#
# - **The network wins**, at equal rhyme share: a perplexity of 65 against 85, 1.31 times as much (1.27 to 1.35).
# - **Not by the rhyme.** The rhyming word costs it *more* than the baseline, 6.2 bits against 4.0, for the baseline is
#   told which words rhyme. It wins by every *other* word, 6.0 bits against 6.7.
# - **Nor by the first line.** Blind, with nothing given, it pays for each of those other words as little as with the
#   line before its eyes. What it has learnt is how such verse goes: its gain is manner. The first line tells it the
#   rhyme, which is worth five and a half bits a couplet, and hardly anything else.
# - **With another's line of the same rhyme it loses a fifth of the gain**, 69 against 65; each other word becomes
#   dearer by 0.14 bits. The two intervals of the table overlap, and the difference is real all the same: in pairs 1.07
#   times, and 1.05 to 1.09 does not hold 1. So the words of the line are read, a little: sense, or only the same names
#   and the same scene, the number does not say. And it is the wrong line that *misleads*: no line at all costs the
#   other words nothing.
# - **Shuffled, it loses everything** and far more: it trusts the sound it is given, which is now wrong, and finds the
#   true rhyme all but impossible. The baseline is as wrong, and less sure: a share of its answers never meant to rhyme.
#
# Two more seeds, trained for as long, are a little worse, 69 and 68, and say the same of every line above but one:
# with the same rhyme they lose a third of the gain and not a fifth (74 and 73). So "lower perplexity given the first
# line" is true, and "it answers the line" hardly. Had we only compared *given* with *shuffled*, as one easily does, we
# should have taken the loss for proof that the line is read. It is read, but for hardly more than its last word. A
# comparison shows a cause only if nothing else changes with it, and *same rhyme* comes near to that.
#
# (Why does the rhyming word cost the network even *less* with another's line? The split keeps held-out pairs of rhymes
# out of training. So with its own line it has to name a word that never answered this partner; with a stranger's, the
# pair may well have been met. The exercise counts how often.)

# %% [markdown]
# ## Exercise 4: another first line, the same rhyme
# What is the first line worth to the answer? Exchange the first lines, and see how much dearer the answers become.
# But dealt at random the new first line mostly asks for another rhyme, and that alone is dear. So each verse $i$ shall
# get the first line of a **donor** that asks for the same sound. Write `exchange(sounds, partners, rhymes, order)`. Of
# verse $i$, `sounds[i]` is the sound its first line asks for, `partners[i]` the last word of its first line, and
# `rhymes[i]` the last word of its answer. `order` is the numbers 0 to $N-1$ in some order, seen as a circle: after the
# last comes the first. The donor of verse $i$ is the next one *after $i$ in the circle* with
#
# - the same sound,
# - another partner than that of verse $i$ (the same word again would be no exchange),
# - and a partner that is not `rhymes[i]`: else the answer would rhyme with itself.
#
# The result, $(N,)$, has the number of the donor of each verse at its place, and -1 where the circle has none.


# %% role="exercise" grade_id="exchange"
# Exercise 4
def exchange(sounds, partners, rhymes, order):
    """For each verse the number of the one whose first line it gets, (N,); -1 where there is none."""
    ### BEGIN SOLUTION
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            if sounds[other] == sounds[verse] and partners[other] not in (
                partners[verse],
                rhymes[verse],
            ):
                donors[verse] = other
                break
    return donors
    ### END SOLUTION


# %% role="check" grade_id="exchange"
def exchange_with(
    same=True,
    partner=True,
    rhyme="partners",
    partner_of="partners",
    way="forwards",
    by_order=True,
    once=False,
    gives_up=False,
    told="number",
    without=-1,
):
    """The donors by steps round the circle, with faults."""

    def donors(sounds, partners, rhymes, order):
        count = len(sounds)
        stops = [int(each) for each in order] if by_order else list(range(count))
        found = list(range(count)) if without == "own" else [without] * count
        last_words = {"partners": partners, "rhymes": rhymes}
        taken = set()
        for place, verse in enumerate(stops):
            around = {
                "forwards": [*range(place + 1, count), *range(place)],
                "backwards": [*reversed(range(place)), *reversed(range(place + 1, count))],
                "to the end": list(range(place + 1, count)),
                "from the beginning": [stop for stop in range(count) if stop != place],
            }[way]
            for stop in around:
                other = stops[stop]
                if (same and sounds[other] != sounds[verse]) or (once and other in taken):
                    continue
                good = not (partner and last_words[partner_of][other] == partners[verse])
                if good and not (rhyme and last_words[rhyme][other] == rhymes[verse]):
                    taken.add(other)
                    if told == "receiver":
                        found[other] = verse
                    elif told == "receiver once":
                        found[other] = verse if found[other] == without else found[other]
                    else:
                        found[place if told == "in order" else verse] = (
                            stop if told == "place" else other
                        )
                    break
                if gives_up:
                    break
        return np.array(found)

    return donors


def some_verses(seed, count, kinds, words):
    random = np.random.default_rng(seed)
    asked = random.integers(0, kinds, size=count)
    partners, rhymes = (
        [f"{'abc'[kind]}{word}" for kind, word in zip(asked, row, strict=True)]
        for row in random.integers(0, words, size=(2, count))
    )
    return [f"S{kind}" for kind in asked], partners, rhymes, random.permutation(count)


exchange_cases = [
    some_verses(*each) for each in ((0, 5, 1, 4), (1, 8, 2, 3), (2, 12, 3, 3), (3, 14, 2, 5))
]
checked_exchange = check(
    4,
    "exchange",
    cases=[(case, exchange_with()(*case)) for case in exchange_cases],
    mistakes={
        "A donor must ask for the same sound: this exchange is the careless one.": exchange_with(
            same=False
        ),
        "A first line that ends in the same word is no exchange: its partner must be another word.": exchange_with(
            partner=False
        ),
        "Some answers now rhyme with themselves: the donor's partner must not be the verse's rhyme.": exchange_with(
            rhyme=None
        ),
        "Compare the verse's rhyme with the donor's partner, not with the donor's rhyme.": exchange_with(
            rhyme="rhymes"
        ),
        "Both conditions are about the donor's *partner*, the end of its first line; its rhyme does not matter.": (
            exchange_with(partner_of="rhymes", rhyme="rhymes")
        ),
        "The donor's partner, not its rhyme, has to differ from the verse's partner.": exchange_with(
            partner_of="rhymes"
        ),
        "At place i stands who gives to verse i; this notes to whom verse i gives. (Where two would give to one, the "
        "first must not be overwritten either.)": exchange_with(told="receiver once"),
        "This goes round backwards, and it notes to whom verse i gives, not who gives to verse i.": exchange_with(
            way="backwards", told="receiver"
        ),
        "Both conditions on the donor's partner are missing: neither the verse's partner nor its rhyme.": exchange_with(
            partner=False, rhyme=None
        ),
        "It is a circle: after the last in `order` comes the first.": exchange_with(
            way="to the end"
        ),
        "The search begins after the verse itself, not at the beginning of `order`.": exchange_with(
            way="from the beginning"
        ),
        "The next one is that after the verse; this goes round backwards.": exchange_with(
            way="backwards"
        ),
        "This goes round by number, 0, 1, 2; the circle is `order`.": exchange_with(
            by_order=False
        ),
        "A verse may be the donor of several others.": exchange_with(once=True),
        "If the first one with the same sound will not do, go on to the next.": exchange_with(
            gives_up=True
        ),
        "Where the circle has no donor, the result is -1, not the verse itself.": exchange_with(
            without="own"
        ),
        "Wanted is the donor's number, not its place in `order`.": exchange_with(told="place"),
        "The donor of verse i stands at place i of the result; these are sorted as `order` is.": exchange_with(
            told="in order"
        ),
        "At place i stands who gives to verse i; this notes to whom verse i gives.": exchange_with(
            told="receiver"
        ),
    },
    hint="Look at four things: where in the circle the search for verse i begins and which way it goes; whether it "
    "comes round to the beginning; the three conditions, each on the donor; and at which place the donor is noted.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="exchange" points=2
for case in range(4):
    count = int(random.integers(10, 18))
    asked, first, second = random.integers(0, 3, size=(3, count))
    donors = exchange(
        [f"S{kind}" for kind in asked],
        [f"{'abc'[kind]}{word}" for kind, word in zip(asked, first, strict=True)],
        [f"{'abc'[kind]}{word}" for kind, word in zip(asked, second, strict=True)],
        random.permutation(count),
    )
    publish(**{f"donors_{case}": donors})

# %% [markdown]
# Your exchange, within 400 held-out couplets this time and not from the training side, asked of the network:

# %%
some = couplets.test[:400]
donors = checked_exchange(
    [english.usual(verse.partner) for verse in some],
    [verse.partner for verse in some],
    [verse.rhyme for verse in some],
    np.random.default_rng(2).permutation(len(some)),
)
kept = [place for place, donor in enumerate(donors) if donor >= 0]
own = [some[place] for place in kept]
exchanged = [
    Verse(some[donors[place]].given, some[place].answer, some[donors[place]].partner)
    for place in kept
]
for name, asked_with in (("own first line", own), ("exchanged", exchanged)):
    cost = verse_scores.perplexity(writer.bits_each(asked_with), asked_with)
    print(
        f"{name:15} perplexity {cost.value:5.1f}, rhyming word {cost.bits_rhyme:.2f} bits, "
        f"each other {cost.bits_rest:.2f}"
    )
    met = np.mean([frozenset((verse.partner, verse.rhyme)) in seen for verse in asked_with])
    print(f"{'':15} {len(kept)} couplets, {met:.0%} of their pairs of rhymes met in training")

# %% [markdown]
# The same again: a few hundredths of a bit for each other word, and a rhyming word that is cheaper with a stranger's
# line, for a third of the exchanged pairs of rhymes was met in training, and none of the own. (Both perplexities are
# lower than in the table. Rare sounds have no donor, and those are the dear ones; and these couplets are all of the
# *Iliad*. Compare the two with each other.)
#
# ## Three ways to draw a line
# The network gives probabilities; a line has to be drawn from them. **Greedily**: take the likeliest word, each time.
# By **sampling**: draw, perhaps at a temperature (lesson 12). Or look for the likeliest *line*,
#
# $$ y^\star = \arg\max_y \sum_{i=1}^{n+1} \log P(y_i \mid y_{<i}, x) , $$
#
# which greedy does not find: the likeliest first word may lead where nothing likely follows. All lines cannot be
# tried, $V^n$ of them. **Beam search** keeps the $B$ likeliest *beginnings*, lets each go on with every word, and
# keeps the $B$ likeliest of those. Every word adds a number $\le 0$. So a beginning can only lose, and two things
# follow: once a finished line is likelier than all beginnings that still run, it is over; and short lines are favored,
# for they have fewer words to pay for. (The cell after exercise 6 counts words.) In a toy
# language of three words and END:

# %% tags=["nbval-check-output"]
TOY = {  # P(next | what stands there): END, "a", "b", "c"
    (): (0.0, 0.5, 0.4, 0.1),
    (1,): (0.1, 0.3, 0.3, 0.3),
    (2,): (0.1, 0.0, 0.0, 0.9),
    (3,): (0.4, 0.2, 0.2, 0.2),
}


def toy_next(beginning):
    """P(next) after a beginning: by its last word alone; after two words the line ends."""
    return np.array(TOY[beginning[-1:]] if len(beginning) < 2 else (1.0, 0.0, 0.0, 0.0))


def toy_probability(line):
    chances = [toy_next(line[:place])[event] for place, event in enumerate((*line, 0))]
    return math.prod(chances)


whole = [line for n in (1, 2) for line in itertools.product((1, 2, 3), repeat=n)]
for line in sorted(whole, key=toy_probability, reverse=True)[:4]:
    print(
        "abc"[line[0] - 1],
        *("abc"[word - 1] for word in line[1:]),
        f"{toy_probability(line):.2f}",
    )
print("of all lines:", round(sum(map(toy_probability, whole)), 6))
greedy_line = ()
while (event := int(np.argmax(toy_next(greedy_line)))) != 0:
    greedy_line += (event,)
print(
    "greedy:",
    *("abc"[word - 1] for word in greedy_line),
    f"{toy_probability(greedy_line):.2f}",
)
assert toy_probability(greedy_line) < max(map(toy_probability, whole))
assert all(math.log(p) <= 0 for chances in TOY.values() for p in chances if p > 0)

# %% [markdown]
# Greedy takes *a*, which is likeliest, and ends with less than half the probability that *b c* has.

# %% [markdown]
# ## Exercise 5: repair a beam
# `next_of(words)` takes a beginning, a tuple of word numbers, and gives the probabilities $(V,)$ of what comes next.
# Number 0 is END. A **beam** keeps `width` beginnings side by side. It lets each go on in every possible way, and of
# *all* these keeps the `width` most likely ones. Those of them that end with END are done and put aside; the others go
# on. After `longest` words only END can follow, and whatever has probability 0 never does. Wanted is
# `beam_search(next_of, width, longest)`: of all lines that were put aside, the one with the largest probability *as a
# whole*, END included, and no matter how long it is. The result is the pair of its words, a tuple without END, and the
# natural logarithm of that probability. The program below runs, and gives a line. Three things are wrong.


# %% role="exercise" grade_id="beam_search"
# Exercise 5
def beam_search(next_of, width, longest):
    """(words of the most likely whole line found, without END; natural log of its probability, END's included)."""
    ### BEGIN BROKEN
    # running = [((), 0.0)]
    # for place in range(longest + 1):
    #     grown = [
    #         ((*words, word), total + p)
    #         for words, total in running
    #         for word, p in enumerate(next_of(words))
    #         if p > 0 and (word == 0 or place < longest)
    #     ]
    #     kept = sorted(grown, key=lambda each: each[1], reverse=True)[:width]
    #     running = [each for each in kept if each[0][-1] != 0]
    #     if not running:
    #         break
    # words, total = max(kept, key=lambda each: each[1] / len(each[0]))
    # return words[:-1], total
    ### END BROKEN
    ### BEGIN SOLUTION
    running, finished = [((), 0.0)], []
    for place in range(longest + 1):
        grown = [
            ((*words, word), total + math.log(p))
            for words, total in running
            for word, p in enumerate(next_of(words))
            if p > 0 and (word == 0 or place < longest)
        ]
        kept = sorted(grown, key=lambda each: each[1], reverse=True)[:width]
        finished += [each for each in kept if each[0][-1] == 0]
        running = [each for each in kept if each[0][-1] != 0]
        if not running:
            break
    words, total = max(finished, key=lambda each: each[1])
    return words[:-1], total
    ### END SOLUTION


# %% role="check" grade_id="beam_search"
def beam_with(
    added=False,
    dropped=False,
    per_word=False,
    end=True,
    told="words",
    each=False,
    soon=False,
    two=False,
    mean=False,
    every=False,
):
    """The search with probabilities multiplied, with faults."""

    def found(next_of, width, longest):
        running, finished = [((), 0.0 if added else 1.0)], []
        for place in range(longest + 1):
            lots = []
            for words, value in running:
                lots.append([])
                for word, p in enumerate(next_of(words)):
                    if p > 0 and (word == 0 or place < longest):
                        counted = (
                            value
                            if word == 0 and not end
                            else value + p
                            if added
                            else value * p
                        )
                        lots[-1].append((counted, (*words, word)))
            if each:
                kept = [one for lot in lots for one in sorted(lot, reverse=True)[:width]]
            else:
                kept = sorted((one for lot in lots for one in lot), reverse=True)[:width]
            from_all = [one for lot in lots for one in lot] if every else kept
            ended = [one for one in from_all if one[1][-1] == 0]
            running = [(words, value) for value, words in kept if words[-1] != 0]
            finished = finished + ended if not dropped else kept
            if not running or (soon and ended):
                break

        def merit(one):
            value = one[0] if added else math.log(one[0])
            return value / len(one[1]) if per_word else value

        value, words = max(finished, key=merit)
        total = value if added else math.log2(value) if two else math.log(value)
        return words if told == "end too" else words[:-1], total / len(
            words
        ) if mean else total

    return found


def some_writer(seed, V, longest):
    random = np.random.default_rng(seed)
    table = random.dirichlet([0.5, *[0.7] * (V - 1)], size=(longest + 1, V))
    table[0, :, 0] = 0  # a line has at least one word
    table /= table.sum(axis=2, keepdims=True)
    return lambda words: table[len(words), int(words[-1]) if len(words) else 0]


beam_faults = {
    "added": "it adds probabilities. A line's probability is their product, whose logarithm is a sum of logarithms",
    "dropped": "a line that ends is lost as soon as another one goes on",
    "per_word": "the best one is chosen by its mean a word, and wanted is the most likely line as a whole",
}
# Where lines are lost, all that are left are equally long: then the third fault cannot be seen.
beam_mistakes = {
    f"One fault is left: {beam_faults['added']}.": beam_with(added=True),
    f"One fault is left: {beam_faults['per_word']}.": beam_with(per_word=True),
    f"At least one fault is left: {beam_faults['dropped']}.": beam_with(dropped=True),
    f"Two faults are left; one of them: {beam_faults['added']}.": beam_with(
        added=True, per_word=True
    ),
    f"At least two faults are left; one of them: {beam_faults['added']}.": beam_with(
        added=True, dropped=True
    ),
}
SIZES = {  # V, width and longest of writers in which the faults can be seen
    4: (3, 5, 4),
    5: (4, 4, 5),
    16: (5, 2, 5),
    17: (3, 2, 4),
    2: (4, 1, 4),
    32: (3, 2, 5),
    33: (5, 2, 5),
    77: (3, 2, 4),
    89: (5, 2, 6),
    122: (4, 5, 4),
}
beam_cases = [
    (some_writer(seed, V, longest), width, longest)
    for seed, (V, width, longest) in SIZES.items()
]
checked_beam_search = check(
    5,
    "beam_search",
    cases=[(case, beam_with()(*case)) for case in beam_cases],
    mistakes=beam_mistakes
    | {
        "The line is right; its logarithm is wanted as it is, not divided by the number of words.": beam_with(
            mean=True
        ),
        "Chosen by its mean a word, and the mean is not what is wanted: do not divide by the length.": beam_with(
            per_word=True, mean=True
        ),
        "END has a probability as well, and a line is not whole without it.": beam_with(
            end=False
        ),
        "END is no word of the line: leave it out of the result.": beam_with(told="end too"),
        "Natural logarithms are wanted here, not those to the base 2.": beam_with(two=True),
        "The width is for all beginnings together, and not for each of them.": beam_with(
            each=True
        ),
        # the same is found if what ends takes no place: what goes on instead is less likely than it
        "Only those of the `width` that are kept can be put aside. This puts aside every line that ends; keep the "
        "`width` most likely of all first, and then see which of these end.": beam_with(
            every=True
        ),
        "It stops at the first line that ends; one that goes on may be more likely yet.": beam_with(
            soon=True
        ),
    },
    hint="Look at three things: how the total grows by a word, what becomes of lines that end while others go on, and "
    "by what the best one is chosen.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="beam_search" points=2
lines, totals = [], []
for _ in range(40):
    V, width, longest = (int(each) for each in random.integers((3, 2, 3), (6, 6, 7)))
    table = random.dirichlet([0.5, *[0.7] * (V - 1)], size=(longest + 1, V))
    table[0, :, 0] = 0
    table /= table.sum(axis=2, keepdims=True)
    words, total = beam_search(
        lambda words, table=table: table[len(words), int(words[-1]) if len(words) else 0],
        width,
        longest,
    )
    lines.append(words)
    totals.append(total)
publish(lines=lines, totals=np.array(totals))

# %% [markdown]
# Your search in the toy language, and then on the network itself: its beginnings are the ids of a sound and of words,
# END is renamed to 0, and the grammar that the library's own search obeys (a sound first, no word rhymed with itself)
# is put on.

# %%
for width in (1, 2, 3):
    found, total = checked_beam_search(toy_next, width, 5)
    print(f"width {width}:", *("abc"[word - 1] for word in found), f"{math.exp(total):.2f}")

END = 1  # in the network's vocabulary; there 0 is START, which never comes next


def network_next(verse):
    """P(next | beginning) of the network for this verse, END moved to 0."""
    phrase = writer.phrase(verse)

    def next_of(beginning):
        ids = np.array(beginning, "int32")
        chances = writer.network.next_of_each([phrase], [ids])[0]
        chances = chances * writer.grammar.allowed(len(ids), verse)
        chances[0], chances[END] = chances[END], 0.0
        return chances

    return next_of


found, total = checked_beam_search(network_next(asked), 4, 13)
library = writer.answer(asked, "beam", beam=4)
show_lines("", {"your search, width 4": code.line(found), "the library's": library.line})
print(
    f"{-total / math.log(2):.1f} bits, the library's {library.bits:.1f}; greedy {greedy.bits:.1f}"
)

# %% [markdown]
# **Predict first.** Three hundred held-out first lines, answered in each way. Which way rhymes most often? Which uses
# the most different rhyming words? And which share of its runs of four words is *new*, in no training line, beside the
# poets' own held-out lines? Remember what temperature 0 did to melodies.

# %% role="spoiler" fold="Print the table of what was written"
NAMES = {
    ("real", "held_out"): "the poets",
    ("real", "dealt_anew"): "the poets, dealt anew",
    ("baseline_equal", "sample"): "counting, equal rhymes",
    ("network", "sample"): "network, sampled",
    ("network", "cooler"): "network, temperature 0.7",
    ("network", "greedy"): "network, greedy",
    ("network", "beam"): "network, beam of 8",
}


def show_writing(language, run="four-word"):
    print(
        f"{'':26}{'rhymes':>8}{'if known':>10}{'itself':>8}{'different':>11}{f'new {run} runs':>24}"
    )
    for (model, way), name in NAMES.items():
        row, *seeds = rows_of(language, "writing", model, way)
        for each in (row, *seeds) if model == "network" else (row,):
            print(
                f"{name if each is row else '  another seed':26}{each['rhyme_share']:8.2f}"
                f"{each['rhyme_share_known']:10.2f}{each['self_rhymed']:8.2f}"
                f"{each['distinct']:7.0f} of {each['count']:.0f}{each['novelty']:21.3f}"
            )


show_writing("english")

# %% [markdown]
# Greedy, temperature 0.7 and beam rhyme about equally often, 0.90 to 0.92 (of 300 lines one standard error is 0.02),
# and the likeliest lines are the poorest: greedy and beam end their three hundred lines in 114 and 122 different
# words, where the poets have 164, and nearly a quarter of the beam's runs of four words, an eighth of greedy's, stand
# in the training lines. Of the poets' own held-out runs one in 27 does: *the fall of Troy*, *from rank to rank* belong
# to the genre. So new is not good by itself (the counting is newest, and to our ears reads worst); but a writer who
# repeats six times as much as the poets do is quoting. Sampled, the network is newer than the poets at temperature 1
# and about as new as they are at 0.7, and uses about as many rhymes as they do.
#
# No writer here rhymes a word with itself, for that is forbidden when it writes. It is not forbidden to *dealt anew*,
# and happens to one of the three hundred (rounded to 0.00). And note the first line: these 300 real couplets rhyme at
# 0.94, all of them at 0.89. They are the first 300 of the test side, from books 1 to 9 of the *Iliad*; compare writers
# on the same lines only.
#
# The likeliest line is not the one you want, then. A poem is no average of poems: of all lines the likeliest is made of
# what everybody says.

# %% [markdown]
# ## Exercise 6: new, and not by a trick
# How much of what is written was copied? `novelty` of the library looks up all runs of four words and gives the share
# of those that no training line has. Here are four writers who own a single line, and stole all others.

# %%
from course_lib.datasets import verses
from course_lib.scores.verses import novelty

parts = verses.split(verses.couplets())
training = [line for verse in parts.train for line in (*verse.given, verse.answer)]
stolen = training[:300]
odd = ("nine", "silver", "herons", "mend", "my", "clock")
endings = ["".join(letters) for letters in itertools.product("aeioublmst", repeat=3)]
cheats = {
    "thief": [*stolen, odd],
    "chopper": [line[start : start + 3] for line in stolen for start in (0, 3)] + [odd],
    "parrot": [*stolen, *[odd] * 600],
    "drone": [*stolen, tuple(word + ending for ending in endings for word in odd)],
}
for name, lines in cheats.items():
    print(
        f"{name:8} {novelty(lines, training):4.0%} new; {len(lines):3} lines, such as:",
        " ".join(lines[0]),
    )

# %% [markdown]
# The chopper writes lines so short that they have no run of four words, and are not asked; the parrot says one new line
# over and over; the drone hides 300 copies behind one line without an end. Write `fresh(lines, training, run)`, for
# lists of lines, each a tuple of words, by these rules:
#
# - every line gets a mark from 0 to 1, and the result is the mean mark of all `lines`, long or short;
# - a line's mark is the share of its runs of `run` successive words that are **new**: no training line has this run,
#   and it was not said before, neither in an earlier one of the `lines` nor further left in the same line;
# - a line with fewer than `run` words has shown nothing. Its mark is 0.
#
# Runs do not reach from one line into the next.


# %% role="exercise" grade_id="fresh"
# Exercise 6
def fresh(lines, training, run):
    """The mean mark of the lines, 0 to 1: the share of a line's runs that neither training nor a line before has."""
    ### BEGIN SOLUTION
    seen = {
        line[start : start + run] for line in training for start in range(len(line) - run + 1)
    }
    marks = []
    for line in lines:
        new, count = 0, max(0, len(line) - run + 1)
        for start in range(count):
            new += line[start : start + run] not in seen
            seen.add(line[start : start + run])
        marks.append(new / count if count else 0)
    return sum(marks) / len(lines)
    ### END SOLUTION


# %% role="check" grade_id="fresh"
def fresh_with(
    mean="of lines",
    short="zero",
    said="before",
    within=True,
    crossing=False,
    size=None,
    order=True,
    trained=True,
):
    """The score by lists of runs, with faults."""

    def score(lines, training, run):
        length = size or run

        def runs(line):
            found = [
                tuple(line[start : start + length]) for start in range(len(line) - length + 1)
            ]
            return found if order else [tuple(sorted(each)) for each in found]

        if crossing:
            known = runs([word for line in training for word in line])
        else:
            known = [each for line in training for each in runs(line)]
        known = known if trained else []
        all_runs = [each for line in lines for each in runs(line)]
        marks, new, count, earlier = [], 0, 0, []
        for line in lines:
            mine = runs(line)
            good = 0
            for place, each in enumerate(mine):
                ahead = earlier + (mine[:place] if within else [])
                told = {
                    "before": each in ahead,
                    "never": False,
                    "ever": all_runs.count(each) > 1,
                }[said]
                good += each not in known and not told
            earlier += mine
            new, count = new + good, count + len(mine)
            if mine:
                marks.append(good / len(mine))
            elif short != "skipped":
                marks.append(
                    {
                        "zero": 0.0,
                        "one": 1.0,
                        "whole": float(
                            not any(
                                tuple(line) == tuple(other[at : at + len(line)])
                                for other in training
                                for at in range(len(other))
                            )
                        ),
                    }[short]
                )
        if mean == "of runs":
            return new / count
        return sum(marks) / (len(set(lines)) if mean == "of different lines" else len(marks))

    return score


TAUGHT = [
    tuple(line.split()) for line in ("a b c d e", "b a d c", "e e a b", "c a", "d d b a c e")
]
SAID = [
    ("a b c e d", "b a d c", "c a", "a b c e d", "d b b d a c e b"),
    ("e b e b e b e", "a", "d d b a e", "c e b e b", "b a d"),
    ("a b d", "a b c d e", "e d c b a", "c d e b a d", "e d c b a", "b"),
    ("c c c c c c", "a c e b d", "d c e e a", "b d a c e"),
]
fresh_cases = [
    ([tuple(line.split()) for line in said], TAUGHT, run)
    for said, run in zip(SAID, (3, 2, 4, 2), strict=True)
]
checked_fresh = check(
    6,
    "fresh",
    cases=[(case, fresh_with()(*case)) for case in fresh_cases],
    mistakes={
        "The drone gets through: take the mean of the lines' marks, not the share among all runs together.": fresh_with(
            mean="of runs"
        ),
        "This is the library's novelty: it leaves out short lines, counts what is said twice, and adds up all runs.": (
            fresh_with(mean="of runs", said="never")
        ),
        "The chopper gets through: a line without a run is left out, and should count with the mark 0.": fresh_with(
            short="skipped"
        ),
        "The chopper gets through: a line without a run has the mark 0, not 1.": fresh_with(
            short="one"
        ),
        "A line with fewer than `run` words has the mark 0; it is not looked up whole.": fresh_with(
            short="whole"
        ),
        "The parrot gets through: what was said before is not new.": fresh_with(said="never"),
        "The parrot and the chopper get through: see to what was said before, and to short lines.": fresh_with(
            said="never", short="skipped"
        ),
        "What an earlier line said is not new either: go on with what the lines before have said.": (
            lambda lines, training, run: np.mean(
                [fresh_with()([line], training, run) for line in lines]
            )
        ),
        "What is said twice is new the first time.": fresh_with(said="ever"),
        "A line can repeat itself: what stands further left in it was said before.": fresh_with(
            within=False
        ),
        "Runs do not reach from one training line into the next.": fresh_with(crossing=True),
        "`run` may be another number than 4.": fresh_with(size=4),
        "A run is the words in their order.": fresh_with(order=False),
        "Equal lines are several lines: divide by the number of all of them.": fresh_with(
            mean="of different lines"
        ),
        "What stands in a training line is not new.": fresh_with(trained=False),
    },
    hint="One set of runs, at first those of the training lines. Go through the lines and their runs: new if not in "
    "the set, then into the set. The mark is new / number of runs, 0 if there are none; at last the mean.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="fresh" points=2
scores = []
for run in (2, 3, 4, 2, 3, 3):
    both = []
    for count in random.integers(8, 14, size=2):
        lengths = random.integers(1, 9, size=count)
        letters = random.integers(0, 12 // run, size=(count, 9))
        rows = zip(letters, lengths, strict=True)
        both.append([tuple(f"w{letter}" for letter in row[:length]) for row, length in rows])
    lines, training = both
    lines += [training[0], lines[1], lines[2]]  # copied, and said again
    scores.append(fresh(lines, training, run))
publish(scores=np.array(scores))

# %% [markdown]
# Your function on answers to fifty held-out lines, and how long they are:

# %%
fifty = couplets.test[:50]
answered = {
    "the poets": [verse.answer for verse in fifty],
    "network, sampled": [each.line for each in writer.answers(fifty, "sample", seed=5)],
    "network, greedy": [each.line for each in writer.answers(fifty, "greedy")],
    "network, beam of 8": [each.line for each in writer.answers(fifty, "beam")],
    "counting": [each.line for each in counting.answers(fifty, seed=5)],
}
for name, written_lines in answered.items():
    library = verse_scores.novelty(written_lines, training)
    print(
        f"{name:20} yours {checked_fresh(list(written_lines), list(training), 4):.2f}, "
        f"the library's {library:.2f}; "
        f"{np.mean([len(line) for line in written_lines]):.1f} words a line"
    )

# %% [markdown]
# And the four who stole:

# %%
for name, lines in cheats.items():
    print(
        f"{name:8} yours {checked_fresh(list(lines), list(training), 4):.3f}, "
        f"the library's {novelty(lines, training):.3f}"
    )

# %% [markdown]
# Yours is stricter with the greedy network and with the beam than the library's: they say much the same to many first
# lines, and what was said before is not new. And the beam's lines are as long as the poets': where lines are short
# anyway, the pull towards shorter ones does little.
#
# ## Type a line
# Your turn to give the line. English, in up to fifteen words; what the poems do not have counts as unknown. Under each
# answer the nearest training couplet is one click away.

# %%
from course_lib.panels.answer_a_line import AnswerALine

AnswerALine(writer, couplets.train).show()

# %% [markdown]
# Type a line with a rare last word, and one that ends in a name. Then take a line and change a word in its middle,
# *wind* into *sword*: the greedy answer may change, as any push changes a close decision. But does it change with the
# sense?
#
# ## Four lines of five characters
# In Tang China, a thousand years before Pope, a quatrain had four lines of five syllables, each a character, and the
# fourth line rhymed with the second. The network is the same, with characters for words: three lines are given, it
# writes the fourth, from its rhyme. Here is one from the *Three Hundred Tang Poems*, held out from training. Wang Jian
# on a young wife's third day in her husband's house. (Empty boxes instead of characters? Your system lacks a Chinese
# font; for Debian and Ubuntu it is in the package `fonts-noto-cjk`.)

# %% fold="Show the quatrain with a translation of every character"
GLOSSES = {
    "三": "three", "日": "day", "入": "enter", "厨": "kitchen", "下": "down",
    "洗": "wash", "手": "hand", "作": "make", "羹": "thick", "汤": "soup",
    "未": "not yet", "谙": "know well", "姑": "his mother", "食": "in food", "性": "nature",
    "无": "there is no",
    "人": "person",
    "不": "not",
    "玉": "jade",
    "香": "fragrant",
    "非": "is not",
    "桥": "bridge",
    "首": "head",
    "如": "be like",
    "先": "first", "遣": "send", "小": "young", "尝": "taste it",
}  # fmt: skip
quatrains = pretrained_verses.parts("chinese")
chinese = sounds.chinese()
quatrain = next(verse for verse in quatrains.test if verse.source.startswith("王建, 新嫁娘"))


def show_quatrain(lines_of_it, glosses=GLOSSES):
    """Four lines of characters, under each its reading and, where it is known here, what it means."""
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:center;padding:2px 8px">{marked(one)}'
            f"<br><small>{marked(sounds.reading(one))}<br>{marked(glosses.get(one, ''))}</small></td>"
            for one in line
        )
        + f"<td><small>{sounds.tones(line)}</small></td></tr>"
        for line in lines_of_it
    )
    display(HTML(f"<table>{rows}</table>"))


show_quatrain(quatrain.given)
show_quatrain([quatrain.answer], GLOSSES | {"姑": "his sister"})  # with 小, young
print("On the third day she goes down to the kitchen, / washes her hands, and makes the soup.")
print(
    "Not knowing yet her mother-in-law's taste, / she sends the young sister-in-law to try it first."
)

# %% [markdown]
# The small numbers are tones, 1 to 4, and L and O say whether a tone counts as **level** or **oblique**: the rules of
# regulated verse ask that lines alternate them, and that the rhyme be level. *Tāng* and *cháng* rhyme still. Others do
# not any more. Nobody has heard the language of the Tang; what we have are modern readings, from which groups of
# rhymes are made: a **proxy**. So a machine cannot be asked to rhyme always, for by this proxy the poets do not. Their
# share is the **ceiling**.

# %%
all_quatrains = verses.quatrains()
dealt = np.random.default_rng(0).permutation(len(all_quatrains))
for name, answers in (
    ("real quatrains", all_quatrains),
    ("dealt anew", [all_quatrains[place] for place in dealt]),
):
    pairs = [
        (verse.partner, answer.rhyme)
        for verse, answer in zip(all_quatrains, answers, strict=True)
    ]
    level = np.mean([sounds.level(answer.rhyme) for answer in answers])
    print(
        f"{name:15} fourth line rhymes with second {checked_rhyme_shares(pairs, chinese.of)[0]:.2f}; "
        f"last tone level {level:.2f}"
    )
patterns = [sounds.tones(verse.answer) for verse in all_quatrains]
common = {each: patterns.count(each) for each in set(patterns)}
top = sorted(common, key=common.get, reverse=True)[:4]
print(
    "tones of fourth lines:",
    ", ".join(f"{each} {common[each] / len(patterns):.0%}" for each in top),
)
print(f"a fourth line of random tones would be each of these with {1 / 32:.0%}")

# %% [markdown]
# With fourteen groups of rhymes chance is not two in a hundred any more but about one in ten: the test is weaker
# than that of English, and *dealt anew* has to be read beside every share.
#
# The table, as for English. Tones stand before each line as one symbol; so *rhyming word* contains the tones of the
# line here. Runs are of three characters: a line has but two runs of four.
#
# **Predict first.** There are a quarter as many quatrains as couplets, and three lines are given, not one. Will the
# network beat the counting? Will its gain survive another's lines with the same rhyme?

# %% role="spoiler" fold="Print both tables for Chinese"
show_likelihoods("chinese")
print()
show_writing("chinese", "three-char.")

# %% [markdown]
# Again the network wins at equal rhyme share, 162 against 220, or 44.0 bits a line against 46.7. Do not read the two
# columns one by one: the network names the tones of the whole line first, and pays for them under *rhyming word*; the
# counting pays for them in every character. And this time own lines seem to be worth something: with another's three
# lines of the same rhyme most of the gain is gone, 200. (Below it is compared in pairs, as above.) Has it understood
# them? Look at the column: the loss is in
# *rhyming word*, not in the others, and that column holds three things, the sound, the tones of the line, and the
# character itself. A number that is a sum wants to be taken apart. (Below, *each other* is a mean of four characters;
# in the table END counts as a fifth, and costs nothing.)

# %% fold="Take the column apart"
quatrain_writer = pretrained_verses.quatrains()
chinese_code = quatrain_writer.code
halves = {}
heads = f"{'sound':>8}{'tones':>8}{'rhyming character':>20}{'each other':>12}"
print(f"{f'bits, mean of {len(quatrains.test)}:':24}{heads}")
for condition in ("given", "same_rhyme", "blind"):
    asked_with = verse_scores.in_condition(
        quatrains.test, condition, chinese, seed=0, pool=quatrains.train
    )
    events = np.array(
        quatrain_writer.network.bits_each(
            [
                (quatrain_writer.phrase(verse), chinese_code.encode(verse)[1])
                for verse in asked_with
            ]
        )
    )  # sound, tones, five characters from the last, END
    halves[condition] = np.stack(
        [events[:, :3].sum(axis=1), events[:, 3:].sum(axis=1)], axis=1
    )
    means = events.mean(axis=0)
    print(
        f"{condition.replace('_', ' '):24}{means[0]:8.2f}{means[1]:8.2f}{means[2]:20.2f}{means[3:7].mean():12.2f}"
    )
times, low, high = verse_scores.times_dearer(
    halves["same_rhyme"], halves["given"], quatrains.test
)
print(f"same rhyme over given: {times:.2f} times, 95 % {low:.2f} to {high:.2f}")

# %% [markdown]
# It is the **tones**. In regulated verse the pattern of the fourth line follows from those before it, so the true
# three lines tell 0.9 bits of it (4.26 bits blind, 3.37 given), and a stranger's mislead (4.71). Of the characters a
# stranger's lines cost a tenth of a bit each at most, no lines next to nothing. So both languages say the same: from
# lines like these a network of this size learns the form, rhyme, meter, tones, and manner, and hardly the sense. With
# three thousand poems to learn from, that is no wonder, and it is what the comparison *given* against *shuffled* would
# have hidden.
#
# In writing, note greedy and beam: 0.92 and 0.87, *above* the ceiling of 0.81 (that of the 300 quatrains in the table;
# of all it is 0.77), with some fifty different rhymes where the poets have 174. Rhyming better than the poets, by a
# proxy, with a handful of safe characters, is no success. It is a measure that has become a goal. Sampled, the network
# rhymes at 0.60, less than the poets do (and so does the counting that was matched to it).
#
# And what does it answer Wang Jian? Greedily, and by a draw; under each the nearest training quatrain, and then the
# weights of the greedy answer.

# %% fold="Answer the three lines, and show where each character looked"
fourth = quatrain_writer.answer(quatrain, "greedy")
sampled = quatrain_writer.answer(quatrain, "sample", temperature=0.7, seed=0)
show_quatrain([fourth.line, sampled.line])
show_lines("", {"greedy": fourth.line, "sampled": sampled.line}, quatrains.train)
display(
    attention_table(
        fourth.attention,
        fourth.rows,
        fourth.columns,
        "The greedy answer, weights in hundredths",
        GLOSSES,
    )
)
assert np.allclose(fourth.attention.sum(axis=1), 1, atol=1e-4)
at_sound = np.mean(
    [
        each.attention[-1, -1]
        for each in quatrain_writer.answers(quatrains.test[:100], "greedy")
    ]
)
print(
    f"when it chooses its sound, it looks at the sound it was given with a weight of {at_sound:.0%}"
)

# %% [markdown]
# Greedily: "there is nobody who is not fragrant as jade". That line rhymes, its tones are LLOOL, the commonest pattern
# above, it might stand in many a poem, and it has nothing to do with soup. The sampled line, word by word: is not,
# bridge, head, not, be like. It means nothing, and it does *not* rhyme: it names the right sound and then ends on a
# character that does not have it. So much for 0.60.
#
# And look at the weights. In English the network found its sound by looking at the sound, with a weight of 0.96. Here
# it looks there with hardly a twentieth of its attention, and greedily it rhymes as often. There is no contradiction:
# the encoder reads both ways, so *every* vector $v_j$ may carry the sound along, and the decoder takes it wherever it
# looks. A weight tells you where, and never what.
#
# The panel speaks Chinese, too: three lines of five characters, in simplified script, as these poems are printed here.

# %%
AnswerALine(quatrain_writer, quatrains.train).show()

# %% [markdown]
# ## Sung
# A couplet has ten syllables a line, weak and strong in turn, the last one strong. A tune has beats. Put together they
# make a song if strong syllables fall on strong beats, and nonsense if they do not: "the QUEEN of ENG-land" cannot be
# sung as "THE queen OF eng-LAND". Let $\beta(p)$ be the strength of the beat on which note $p$ begins (2 on the first
# of a bar, 1 on another beat, 0 between), and $\sigma_l$ be $+1$ for a strong and $-1$ for a weak syllable. Syllable
# $l$ gets one note or more; it begins on note $p_l$, and the notes are counted from 0, $p_1 = 0 < p_2 < \dots$. We
# look for the places with the largest
#
# $$ \sum_l \sigma_l\, \beta(p_l) - 0.4\; (\text{notes that are held on}) . $$
#
# Of all ways to lay twenty syllables on sixty notes the best is found by **dynamic programming**: the best way to
# begin syllable $l$ on note $p$ is the best way to begin syllable $l - 1$ somewhere before, and a step. On three
# syllables and five notes all ways can be tried:

# %% tags=["nbval-check-output"]
from course_lib.datasets import melodies, stress, tune_bars, tune_families
from course_lib.models import sung_verse

notes = np.array(
    [[62, 1], [64, 1], [65, 4], [67, 2], [69, 6]]
)  # pitch, sixteenths; two are a pickup
three = [stress.Syllable(text, text.isupper(), True) for text in ("the", "QUEEN", "of")]
starts = [0, 1, 2, 6, 8]


def worth(places):
    strengths = [sung_verse.strength(starts[place], "2/4", pickup=2) for place in places]
    signs = [1 if each.strong else -1 for each in three]
    return np.dot(signs, strengths) - 0.4 * (places[-1] + 1 - len(places))


ways = [(0, *rest) for rest in itertools.combinations(range(1, 5), 2)]
for places in sorted(ways, key=worth, reverse=True)[:3]:
    print(f"notes {places}: {worth(places):.1f}")
laid = sung_verse.set_to_tune(three, notes, "2/4", pickup=2)
found = tuple(starts.index(each.start) for each in laid)
print("dynamic programming:", found)
assert np.isclose(worth(found), max(map(worth, ways)))

# %% [markdown]
# Where the syllables are, and which of them are strong, a rule says that is easy to state and sometimes wrong: groups
# of vowels make syllables, the last stressed one is known from the rhyme, and before it every second one is strong.
# Here are the first line from the top of this lesson (not yours, which you typed above) and answer B, the network's, on
# a tune of lesson 12 that no model has met.

# %% fold="Set the couplet to a tune, draw it, and hear it"
from course_lib.media import sound
from course_lib.plots import piano_roll

sung_line = writer.answer(asked, "sample", temperature=0.7, seed=2).line
syllables = (*stress.stresses(asked.given[0]), *stress.stresses(sung_line))
tunes = [
    melodies.normalized(tune)
    for tune in tune_families.split(melodies.load_melodies(), seed=0).test
]


def laid_on(tune, how):
    return how(syllables, tune.notes, tune.meter, tune_bars.pickup(tune))


fitting = [tune for tune in tunes if (tune.notes[:, 0] > 0).sum() >= len(syllables)]
by_how = {
    "one note a syllable": [
        sung_verse.on_the_beat(laid_on(tune, sung_verse.note_by_note)) for tune in fitting
    ],
    "laid by stress": [
        sung_verse.on_the_beat(laid_on(tune, sung_verse.set_to_tune)) for tune in fitting
    ],
}
print("strong syllables on a beat, less weak ones on a beat; mean of", len(fitting), "tunes:")
for name, shares in by_how.items():
    print(f"  {name:20} {np.mean(shares):.2f}")
tune = next(each for each in fitting if each.title.startswith("My Nannie"))
song = laid_on(tune, sung_verse.set_to_tune)
notes = sung_verse.sung_notes(song)
bar = tune_bars.bar_length(tune.meter)
show_lines(written(asked.given[0]), {"the network": sung_line})
print(f"on the tune of {tune.title!r}, {tune.meter}:")
print(
    " ".join(
        (each.syllable.text.upper() if each.syllable.strong else each.syllable.text)
        for each in song
    )
)
figure = piano_roll.piano_roll(
    {"the tune": notes}, f"A couplet on {tune.title}", bar, tune_bars.pickup(tune)
)
axes = figure.axes[0]
low, high = axes.get_ylim()
axes.set_ylim(low - 6, high)
for each in song:
    axes.text(
        each.start - song[0].start,
        low - 5.7,
        each.syllable.text,
        weight="bold" if each.syllable.strong else "normal",
        fontsize=8,
        rotation=90,
        va="bottom",
    )
plots.show(
    figure,
    alt="A piano roll of the tune; under it the syllables of the couplet, the strong ones in bold, nearly all of them "
    "where a beat begins.",
)
display(
    sound.play(
        sound.beginning(notes, tempo=120),
        "the tune of the couplet, without the words",
        tempo=120,
    )
)

# %% [markdown]
# Nearly all strong syllables begin on a beat, and nearly no weak one. Over all tunes that are long enough the
# difference is 0.87, where one note a syllable has -0.03, no better than chance; no wonder, for this is what was made
# large. The rule cuts *headlong* in an odd place, and makes *to* strong, which nobody would say. And the network's
# answer has eight syllables where Pope would have had ten: nothing tells it to count them. Sing it: bold syllables are
# the strong ones.
#
# ## What we saw
# - Forwards or backwards a line has the same probability. What differs is what can be demanded: the rhyme is met if it
#   is chosen first.
# - Attention between two sequences is that of lesson 12 with queries from one and keys and values from the other; each
#   row of weights adds up to 1, and a mask keeps the filling out.
# - At equal rhyme share the network has a lower perplexity than rhyme and counting. It owes that to manner: the other
#   words of the line cost as much when no line is given. Of the first line it reads the rhyme, and a trace of more.
# - A control that changes two things at once (shuffled lines) proves nothing about either.
# - The likeliest line is common, and copied: greedy and beam search use the fewest rhymes and quote most. Sampled
#   lines are as new as the poets' own, or newer.
# - Real couplets rhyme at 0.89 because they were chosen so, quatrains less by modern readings: the yardstick is
#   measured, too.
#
# ## Quiz
#
# <details><summary>1. A friend trains a network forwards, draws two hundred lines for each first line and keeps one
# that rhymes. Is that worse than writing backwards?</summary>
# It gives lines from the same model on the condition that they rhyme, which is an honest way, and costs some
# hundred and seventy draws for each line kept, if six of a thousand rhyme as they did above. Backwards costs one or
# two. For two demands at once, a rhyme and a first word, drawing and throwing away still
# works, at the price of both.</details>
#
# <details><summary>2. The attention weights of the word <i>sword</i> are 0.9 at <i>slain</i>. Does the network know
# that swords slay?</summary>
# It shows where the network looked, not what it took from there. Exchange <i>slain</i> for another word and see whether
# <i>sword</i> becomes less likely: that is the same control as that of the whole line.</details>
#
# <details><summary>3. Somebody reports: given the first line perplexity 65, with shuffled first lines 417. "The model
# clearly understands the line." What do you ask for?</summary>
# The same with lines exchanged within a rhyme. Shuffling changes the sound as well, and the sound alone explains the
# difference.</details>
#
# <details><summary>4. A beam of 100 mostly finds likelier lines than a beam of 8. Should one take it?</summary>
# If the likeliest line is what you want. Here likelier means more often copied.</details>
#
# <details><summary>5. A line has a novelty of 1.00. Praise?</summary>
# Not by itself. Shuffled words have it, too. Held-out lines of the poets have 0.96, and that is what to compare
# with.</details>
#
# <details><summary>6. Real quatrains rhyme at 0.81 by modern readings, the greedy network at 0.92. Does it rhyme better
# than the poets?</summary> By the proxy that it was trained on, yes: in a language that the poets did not speak. Their
# share is the ceiling of what this measure can show, and whoever is above it has fitted the measure.</details>
#
# ## Where next
# Train longer: `sequences.fit(live.network, coded, seconds=200, batch_size=32)` goes on where it stands; watch
# validation lines, for it will overfit. `course_lib/models/verses.py` is short; a writer of haiku or of
# limericks needs a code of its own and nothing else.
#
# ## References
# - A. Pope, *The Iliad of Homer*, 1715 to 1720. J. Dryden, *Virgil's Aeneid*, 1697. Both in the public domain.
# - I. Sutskever, O. Vinyals, Q. Le, *Sequence to sequence learning with neural networks*, NeurIPS 2014
#   (arXiv:1409.3215).
# - D. Bahdanau, K. Cho, Y. Bengio, *Neural machine translation by jointly learning to align and translate*, ICLR 2015
#   (arXiv:1409.0473). Attention between two sequences.
# - M.-T. Luong, H. Pham, C. Manning, *Effective approaches to attention-based neural machine translation*, EMNLP 2015
#   (arXiv:1508.04025). Section 3.1: scores by a product. Its scaling by the root of d is that of A. Vaswani and
#   others, *Attention is all you need*, NeurIPS 2017 (arXiv:1706.03762).
# - O. Press, L. Wolf, *Using the output embedding to improve language models*, EACL 2017 (arXiv:1608.05859). One table
#   of vectors.
# - M. Ghazvininejad, X. Shi, Y. Choi, K. Knight, *Generating topical poetry*, EMNLP 2016. Rhyme words first.
# - X. Zhang, M. Lapata, *Chinese poetry generation with recurrent neural networks*, EMNLP 2014. Quatrains, line by
#   line.
# - A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi, *The curious case of neural text degeneration*, ICLR 2020
#   (arXiv:1904.09751). Why the likeliest text is not the one people write.
# - S. Jain, B. Wallace, *Attention is not explanation*, NAACL 2019 (arXiv:1902.10186).
# - The CMU Pronouncing Dictionary; pypinyin (MIT), from which the readings are made.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings: up to the good place to stop with exercises 1 to 3, then the rest. The time under the title
# is by the course's rule, and tight: one who read every word and solved everything put it at 165 minutes, and found
# the longer-trained writer with its four conditions the slowest part. With 50 minutes: the four
# lines, the two directions, the table of the four conditions, and the panel. Exercises 5 and 6 are good homework.
# While the network trains, let them write a second line themselves.
#
# **The tables** come from `data/make_couplets.py`.
#
# **Usual misconceptions.**
#
# - "Backwards is more likely." It is the same product.
# - "It loses on shuffled lines, so it understands the lines." See quiz 3; the most important minute of this lesson.
# - "The attention explains the answer." It shows where, not why.
# - "Beam search is better sampling." It is no sampling; it looks for a mode.
# - "New is good." Ask for the novelty of a cat on the keyboard.
#
# **Ask.**
#
# - "What would a baseline have to know for the network to lose?"
# - "Whose line is it, if four words of it are Pope's?" (Lesson 20.)
# - "Which control would you have forgotten?"
#
# **For those who read Chinese**: let them find rhymes of the Tang that are none today, and say what that does to the
# table.
