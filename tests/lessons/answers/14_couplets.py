"""Independent right answers and the usual wrong ones for lesson 14."""

RIGHT = {
    # the verdicts one after the other, and counted
    "rhyme_shares": """
def rhyme_shares(pairs, sounds_of):
    verdicts = []
    for partner, last in pairs:
        if partner == last:
            verdicts.append(False)
            continue
        here, there = sounds_of(partner), sounds_of(last)
        if len(here) == 0 or len(there) == 0:
            verdicts.append(None)
        else:
            verdicts.append(any(a == b for a in here for b in there))
    yes = verdicts.count(True)
    return yes / len(verdicts), yes / (yes + verdicts.count(False))
""",
    # word by word, the sums first
    "rhyming_word": """
def rhyming_word(counts, rhyming, own, wanted):
    sums = {True: 0.0, False: 0.0}
    for word, count in enumerate(counts):
        if word != own:
            sums[bool(rhyming[word])] += float(count)
    share = wanted
    if sums[True] == 0:
        share = 0.0
    if sums[False] == 0:
        share = 1.0
    chances = []
    for word, count in enumerate(counts):
        if word == own or count == 0:
            chances.append(0.0)
        elif rhyming[word]:
            chances.append(share * count / sums[True])
        else:
            chances.append((1 - share) * count / sums[False])
    return np.array(chances)
""",
    # without the filling at all, line by line
    "look": """
def look(queries, keys, values, known):
    b, n, d = queries.shape
    weights = np.zeros((b, n, keys.shape[1]))
    contexts = np.zeros((b, n, values.shape[2]))
    for one in range(b):
        places = np.flatnonzero(known[one])
        for word in range(n):
            scores = np.einsum("d,md->m", queries[one, word], keys[one, places]) * d**-0.5
            powers = np.exp(scores)
            weights[one, word, places] = powers / powers.sum()
            contexts[one, word] = sum(weights[one, word, j] * values[one, j] for j in places)
    return contexts, weights
""",
    # by the distance of all candidates on the circle
    "exchange": """
def exchange(sounds, partners, rhymes, order):
    N = len(sounds)
    place = {int(verse): at for at, verse in enumerate(order)}
    donors = []
    for verse in range(N):
        offered = [
            other
            for other in range(N)
            if sounds[other] == sounds[verse]
            and partners[other] != partners[verse]
            and partners[other] != rhymes[verse]
        ]
        offered.sort(key=lambda other: (place[other] - place[verse]) % N)
        donors.append(offered[0] if offered else -1)
    return np.array(donors)
""",
    # probabilities multiplied, and the best line carried along
    "beam_search": """
def beam_search(next_of, width, longest):
    beam, best, best_line = {(): 1.0}, 0.0, None
    while beam:
        grown = []
        for words, chance in beam.items():
            chances = next_of(words)
            allowed = range(len(chances)) if len(words) < longest else [0]
            grown.extend((chance * chances[word], words, word) for word in allowed if chances[word] > 0)
        grown.sort(reverse=True)
        beam = {}
        for chance, words, word in grown[:width]:
            if word:
                beam[(*words, word)] = chance
            elif chance > best:
                best, best_line = chance, words
    return best_line, float(np.log(best))
""",
    # lists, and a dictionary that counts
    "fresh": """
def fresh(lines, training, run):
    def cut(line):
        return ["|".join(line[at : at + run]) for at in range(len(line)) if at + run <= len(line)]

    said = dict.fromkeys(each for line in training for each in cut(line))
    total = 0.0
    for line in lines:
        pieces = cut(line)
        before = len(said)
        said.update(dict.fromkeys(pieces))
        if pieces:
            total += (len(said) - before) / len(pieces)
    return total / len(lines)
""",
}

ALSO_RIGHT = {
    "look": [
        # a large number instead of infinity
        """
def look(queries, keys, values, known):
    scores = np.einsum("bnd,bmd->bnm", queries, keys) / np.sqrt(queries.shape[2])
    weights = softmax(scores - 1e9 * ~known[:, None, :])
    return np.einsum("bnm,bme->bne", weights, values), weights
""",
        # the softmax over all, set to 0 where nothing is known, and made up to 1 again
        """
def look(queries, keys, values, known):
    weights = softmax(queries @ keys.transpose(0, 2, 1) / queries.shape[2] ** 0.5) * known[:, None, :]
    weights = weights / weights.sum(axis=2, keepdims=True)
    return weights @ values, weights
""",
    ],
    "beam_search": [
        # the end of a line counts as a way to go on that stays as it is
        """
def beam_search(next_of, width, longest):
    running, finished = [((), 0.0)], {}
    while running:
        grown = []
        for words, total in running:
            with np.errstate(divide="ignore"):
                logs = np.log(next_of(words))
            if len(words) == longest:
                logs[1:] = -np.inf
            grown += [(total + log, words, word) for word, log in enumerate(logs) if np.isfinite(log)]
        kept = sorted(grown, reverse=True)[:width]
        finished.update({words: total for total, words, word in kept if word == 0})
        running = [((*words, word), total) for total, words, word in kept if word != 0]
    best = max(finished, key=finished.get)
    return best, finished[best]
""",
    ],
}

WRONG = {
    "rhyme_shares": [
        (
            """
def rhyme_shares(pairs, sounds_of):
    pairs = set(pairs)
    known = [(a, b) for a, b in pairs if a == b or (sounds_of(a) and sounds_of(b))]
    yes = sum(a != b and bool(set(sounds_of(a)) & set(sounds_of(b))) for a, b in known)
    return yes / len(pairs), yes / len(known)
""",
            "comes twice counts twice",
        ),
        (
            """
def rhyme_shares(pairs, sounds_of):
    found = [bool(set(sounds_of(a)) & set(sounds_of(b))) and a != b for a, b in pairs]
    return sum(found) / len(pairs), sum(found) / len(pairs)
""",
            "the second share leaves these pairs out",
        ),
        (
            """
def rhyme_shares(pairs, sounds_of):
    known = [(a, b) for a, b in pairs if sounds_of(a) and sounds_of(b)]
    yes = sum(a != b and bool(set(sounds_of(a)) & set(sounds_of(b))) for a, b in known)
    return yes / len(pairs), yes / len(known)
""",
            "it is never an unknown pair",
        ),
        (
            """
def rhyme_shares(pairs, sounds_of):
    known = [(a, b) for a, b in pairs if a == b or (sounds_of(a) and sounds_of(b))]
    yes = sum(a != b and sounds_of(a)[0] == sounds_of(b)[0] for a, b in known)
    return yes / len(pairs), yes / len(known)
""",
            "looks at the first ones only",
        ),
        (
            """
def rhyme_shares(pairs, sounds_of):
    known = [(a, b) for a, b in pairs if a == b or (sounds_of(a) and sounds_of(b))]
    yes = sum(a == b or bool(set(sounds_of(a)) & set(sounds_of(b))) for a, b in known)
    return yes / len(pairs), yes / len(known)
""",
            "beside itself is no rhyme",
        ),
        (
            """
def rhyme_shares(pairs, sounds_of):
    known = [(a, b) for a, b in pairs if a == b or sounds_of(a)]
    yes = sum(a != b and bool(set(sounds_of(a)) & set(sounds_of(b))) for a, b in known)
    return yes / len(pairs), yes / len(known)
""",
            "as soon as one of its two words is",
        ),
    ],
    "rhyming_word": [
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    counts = np.array(counts, float)
    if own >= 0:
        counts[own] = 0
    fits = counts * rhyming
    if fits.sum() == 0:
        return counts / counts.sum()
    return wanted * fits / fits.sum() + (1 - wanted) * counts / counts.sum()
""",
            "rhymes more often than wanted",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    counts = np.array(counts, float)
    counts[own] = 0
    parts = [(counts * rhyming, wanted), (counts * ~rhyming, 1 - wanted)]
    chances = sum(share * part / part.sum() for part, share in parts if part.sum() > 0)
    return chances / chances.sum()
""",
            "counts[-1] is the last word",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    rhyming = rhyming.copy()
    if own >= 0:
        rhyming[own] = False
    parts = [(counts * rhyming, wanted), (counts * ~rhyming, 1 - wanted)]
    chances = sum(share * part / part.sum() for part, share in parts if part.sum() > 0)
    return chances / chances.sum()
""",
            "drawn as one of the other words",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    parts = [(counts * rhyming, wanted), (counts * ~rhyming, 1 - wanted)]
    chances = sum(share * part / part.sum() for part, share in parts if part.sum() > 0)
    return chances / chances.sum()
""",
            "rhyme the partner with itself",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    counts = np.array(counts, float)
    if own >= 0:
        counts[own] = 0
    parts = [(counts * rhyming, wanted), (counts * ~rhyming, 1 - wanted)]
    return sum(share * part / part.sum() for part, share in parts if part.sum() > 0)
""",
            "Where a part is empty",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    parts = [(counts * rhyming, wanted), (counts * ~rhyming, 1 - wanted)]
    chances = sum(share * part / part.sum() for part, share in parts if part.sum() > 0)
    if own >= 0:
        chances[own] = 0
    return chances / chances.sum()
""",
            "they rhyme too seldom",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    counts = np.array(counts, float)
    if own >= 0:
        counts[own] = 0
    parts = [(counts * rhyming, 1 - wanted), (counts * ~rhyming, wanted)]
    chances = sum(share * part / part.sum() for part, share in parts if part.sum() > 0)
    return chances / chances.sum()
""",
            "each other's share",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    counts = np.array(counts, float)
    if own >= 0:
        counts[own] = 0
    chances = counts * np.where(rhyming, wanted, 1 - wanted)
    return chances / chances.sum()
""",
            "divide each part by its own sum",
        ),
        (
            """
def rhyming_word(counts, rhyming, own, wanted):
    counts = np.array(counts, float)
    if own >= 0:
        counts[own] = 0
    chances = np.zeros(len(counts))
    for part, share in ((counts * rhyming, wanted), (counts * ~rhyming, 1 - wanted)):
        chances += share * (part / part.sum() if part.sum() > 0 else 1 / len(counts))
    return chances
""",
            "from the *other* one",
        ),
    ],
    "look": [
        (
            """
def look(queries, keys, values, known):
    scores = queries @ keys.transpose(0, 2, 1)
    weights = softmax(np.where(known[:, None, :], scores, -np.inf))
    return weights @ values, weights
""",
            "not divided by the root of d",
        ),
        (
            """
def look(queries, keys, values, known):
    weights = softmax(queries @ keys.transpose(0, 2, 1) / math.sqrt(queries.shape[2]))
    return weights @ values, weights
""",
            "`known` has to come in before the softmax",
        ),
        (
            """
def look(queries, keys, values, known):
    scores = queries @ keys.transpose(0, 2, 1) / math.sqrt(queries.shape[2])
    weights = softmax(scores * known[:, None, :])
    return weights @ values, weights
""",
            "exp(0) = 1",
        ),
        (
            """
def look(queries, keys, values, known):
    scores = queries @ keys.transpose(0, 2, 1) / math.sqrt(queries.shape[2])
    weights = softmax(scores) * known[:, None, :]
    return weights @ values, weights
""",
            "does not add up to 1",
        ),
        (
            """
def look(queries, keys, values, known):
    scores = queries @ keys.transpose(0, 2, 1) / math.sqrt(queries.shape[2])
    scores = np.where(known[:, None, :], scores, -1e9)
    weights = softmax(scores.transpose(0, 2, 1)).transpose(0, 2, 1) * known[:, None, :]
    return weights @ values, weights
""",
            "so that the columns add up to 1",
        ),
    ],
    "exchange": [
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors, left = np.full(len(sounds), -1), set(range(len(sounds)))
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            fits = sounds[other] == sounds[verse] and partners[other] not in (partners[verse], rhymes[verse])
            if fits and other in left:
                donors[verse] = other
                left.remove(other)
                break
    return donors
""",
            "may be the donor of several",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            if sounds[other] == sounds[verse] and partners[other] != partners[verse]:
                donors[verse] = other
                break
    return donors
""",
            "Some answers now rhyme with themselves",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in order[place + 1 :]:
            if sounds[other] == sounds[verse] and partners[other] not in (partners[verse], rhymes[verse]):
                donors[verse] = other
                break
    return donors
""",
            "after the last in `order` comes the first",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for verse in range(len(sounds)):
        for other in order:
            if sounds[other] == sounds[verse] and partners[other] not in (partners[verse], rhymes[verse]):
                donors[verse] = other
                break
    return donors
""",
            "begins after the verse itself",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            if partners[other] not in (partners[verse], rhymes[verse]):
                donors[verse] = other
                break
    return donors
""",
            "the careless one",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            if sounds[other] == sounds[verse] and partners[other] not in (partners[verse], rhymes[verse]):
                donors[place] = other
                break
    return donors
""",
            "sorted as `order` is",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[:place][::-1], *order[place + 1 :][::-1]]:
            if sounds[other] == sounds[verse] and partners[other] not in (partners[verse], rhymes[verse]):
                donors[verse] = other
                break
    return donors
""",
            "this goes round backwards",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            if sounds[other] == sounds[verse] and partners[other] not in (partners[verse], rhymes[verse]):
                donors[other] = verse
                break
    return donors
""",
            "this notes to whom verse i gives",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            if sounds[other] == sounds[verse] and rhymes[other] not in (partners[verse], rhymes[verse]):
                donors[verse] = other
                break
    return donors
""",
            "its rhyme does not matter",
        ),
        (
            """
def exchange(sounds, partners, rhymes, order):
    donors = np.full(len(sounds), -1)
    for place, verse in enumerate(order):
        for other in [*order[place + 1 :], *order[:place]]:
            if sounds[other] == sounds[verse] and rhymes[other] != partners[verse] and partners[other] != rhymes[verse]:
                donors[verse] = other
                break
    return donors
""",
            "not its rhyme, has to differ",
        ),
    ],
    "beam_search": [
        (
            """
def beam_search(next_of, width, longest):
    running, finished = [((), 0.0)], []
    for place in range(longest + 1):
        grown = [
            ((*words, word), total + math.log(p))
            for words, total in running
            for word, p in enumerate(next_of(words))
            if p > 0 and (word == 0 or place < longest)
        ]
        finished += [each for each in grown if each[0][-1] == 0]
        running = [each for each in grown if each[0][-1] != 0]
        running = sorted(running, key=lambda each: each[1], reverse=True)[:width]
    words, total = max(finished, key=lambda each: each[1])
    return words[:-1], total
""",
            "This puts aside every line that ends",
        ),
        (
            """
def beam_search(next_of, width, longest):
    running, finished = [((), 0.0)], []
    for place in range(longest + 1):
        grown = [
            ((*words, word), total + math.log(p))
            for words, total in running
            for word, p in enumerate(next_of(words))
            if p > 0 and (word == 0 or place < longest)
        ]
        kept = sorted(grown, key=lambda each: each[1], reverse=True)[:width]
        finished += [each for each in grown if each[0][-1] == 0]
        running = [each for each in kept if each[0][-1] != 0]
    words, total = max(finished, key=lambda each: each[1])
    return words[:-1], total
""",
            "This puts aside every line that ends",
        ),
        (
            """
def beam_search(next_of, width, longest):
    running, finished = [((), 0.0)], []
    for place in range(longest + 1):
        kept = []
        for words, total in running:
            grown = [
                ((*words, word), total + math.log(p))
                for word, p in enumerate(next_of(words))
                if p > 0 and (word == 0 or place < longest)
            ]
            kept += sorted(grown, key=lambda each: each[1], reverse=True)[:width]
        finished += [each for each in kept if each[0][-1] == 0]
        running = [each for each in kept if each[0][-1] != 0]
    words, total = max(finished, key=lambda each: each[1])
    return words[:-1], total
""",
            "not for each of them",
        ),
        (
            """
def beam_search(next_of, width, longest):
    running = [((), 0.0)]
    for place in range(longest + 1):
        grown = [
            ((*words, word), total + math.log(p))
            for words, total in running
            for word, p in enumerate(next_of(words))
            if p > 0 and (word == 0 or place < longest)
        ]
        kept = sorted(grown, key=lambda each: each[1], reverse=True)[:width]
        running = [each for each in kept if each[0][-1] != 0]
        if not running:
            break
    words, total = max(kept, key=lambda each: each[1])
    return words[:-1], total
""",
            "At least one fault is left: a line that ends is lost",
        ),
        (
            """
def beam_search(next_of, width, longest):
    running, finished = [((), 0.0)], []
    for place in range(longest + 1):
        grown = [
            ((*words, word), total + p)
            for words, total in running
            for word, p in enumerate(next_of(words))
            if p > 0 and (word == 0 or place < longest)
        ]
        kept = sorted(grown, key=lambda each: each[1], reverse=True)[:width]
        finished += [each for each in kept if each[0][-1] == 0]
        running = [each for each in kept if each[0][-1] != 0]
    words, total = max(finished, key=lambda each: each[1])
    return words[:-1], total
""",
            "One fault is left: it adds probabilities",
        ),
        (
            """
def beam_search(next_of, width, longest):
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
    words, total = max(finished, key=lambda each: each[1] / len(each[0]))
    return words[:-1], total
""",
            "One fault is left: the best one is chosen by its mean a word",
        ),
        (
            """
def beam_search(next_of, width, longest):
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
        if finished:
            break
    words, total = max(finished, key=lambda each: each[1])
    return words[:-1], total
""",
            "It stops at the first line that ends",
        ),
        (
            """
def beam_search(next_of, width, longest):
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
    return max(finished, key=lambda each: each[1])
""",
            "END is no word of the line",
        ),
    ],
    "fresh": [
        (
            """
def fresh(lines, training, run):
    def cut(line):
        return [line[at : at + run] for at in range(len(line) - run + 1)]

    known = {each for line in training for each in cut(line)}
    found = [each not in known for line in lines for each in cut(line)]
    return sum(found) / len(found)
""",
            "This is the library's novelty",
        ),
        (
            """
def fresh(lines, training, run):
    def cut(line):
        return [line[at : at + run] for at in range(len(line) - run + 1)]

    seen = {each for line in training for each in cut(line)}
    marks = []
    for line in lines:
        new = 0
        for each in cut(line):
            new += each not in seen
            seen.add(each)
        if cut(line):
            marks.append(new / len(cut(line)))
    return sum(marks) / len(marks)
""",
            "The chopper gets through: a line without a run is left out",
        ),
        (
            """
def fresh(lines, training, run):
    def cut(line):
        return [line[at : at + run] for at in range(len(line) - run + 1)]

    seen = {each for line in training for each in cut(line)}
    total = 0
    for line in lines:
        mine = cut(line)
        if mine:
            total += sum(each not in seen for each in mine) / len(mine)
        seen.update(mine)
    return total / len(lines)
""",
            "A line can repeat itself",
        ),
        (
            """
def fresh(lines, training, run):
    def cut(line):
        return [line[at : at + run] for at in range(len(line) - run + 1)]

    known = {each for line in training for each in cut(line)}
    marks = [sum(each not in known for each in cut(line)) / max(1, len(cut(line))) for line in lines]
    return sum(marks) / len(lines)
""",
            "The parrot gets through: what was said before",
        ),
        (
            """
def fresh(lines, training, run):
    def cut(line):
        return [line[at : at + run] for at in range(len(line) - run + 1)]

    seen = {each for line in training for each in cut(line)}
    new = count = 0
    for line in lines:
        for each in cut(line):
            new += each not in seen
            count += 1
            seen.add(each)
    return new / count
""",
            "The drone gets through",
        ),
    ],
}
