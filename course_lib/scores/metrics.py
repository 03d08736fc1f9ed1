"""Numbers that say how good generated images are, and what each of them cannot see.

The distances compare two clouds of *features*, arrays (N, d), such as `scores.features` computes from images:

    frechet_distance(features_real, features_fake)      means and covariances only
    kernel_distance(features_real, features_fake)       unbiased, good with few images
    precision_recall(features_real, features_fake)      is each fake plausible? is each real reached?

`frechet_score(images)` and `kernel_score(images)` do all of it against held-out real images. These scores live in
the feature space of OUR small network. They can be compared with each other and with the two ends that
`score_scale` gives, never with the "FID" of a paper, whose features are those of Inception on ImageNet. They also
depend on the number of images: compare scores of equally many.

Every function raises CourseError for what gives no number or a meaningless one: NaN, infinities, clouds of different
widths, too few images, pixels in 0..255.
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError, datasets
from course_lib.scores.clouds import cloud, clouds, finite, flat, refuse_infinite


def frechet_distance(features_a: np.ndarray, features_b: np.ndarray) -> float:
    """The Fréchet distance between Gaussians fitted to two clouds of features, (N, d) and (M, d).

    It is 0 for equal means and covariances, whatever else differs, and is biased upwards for small N and M.
    """
    a, b = clouds(features_a, features_b, "The Fréchet distance", 2)
    return frechet_from_statistics(*statistics(a), *statistics(b))


def statistics(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and unbiased covariance (d, d), float64, of features (N, d), N >= 2."""
    features = cloud(features, "Fréchet statistics", 2)
    return features.mean(axis=0), np.cov(features, rowvar=False).reshape(features.shape[1], features.shape[1])


def frechet_from_statistics(
    mean_a: np.ndarray, covariance_a: np.ndarray, mean_b: np.ndarray, covariance_b: np.ndarray
) -> float:
    """The squared Wasserstein-2 distance of two Gaussians, in squared feature units.

        |m_a - m_b|^2 + tr(S_a + S_b - 2 (S_a^(1/2) S_b S_a^(1/2))^(1/2))

    Dowson and Landau 1982; as a score for images Heusel et al. 2017 (arXiv:1706.08500), equation 6.

    The trace of the last root is the sum of the singular values of S_a^(1/2) S_b^(1/2). Everything stays
    symmetric and real, where the root of the product S_a S_b that is often computed may come out complex.
    """
    names = ("mean_a", "covariance_a", "mean_b", "covariance_b")
    mean_a, covariance_a, mean_b, covariance_b = (
        finite(name, part)
        for name, part in zip(names, (mean_a, covariance_a, mean_b, covariance_b), strict=True)
    )
    shapes = [part.shape for part in (mean_a, covariance_a, mean_b, covariance_b)]
    if shapes != [(mean_a.size,), (mean_a.size, mean_a.size)] * 2:
        raise CourseError(f"Means (d,) and covariances (d, d) must be of one d, but these have {shapes}.")
    difference = mean_a - mean_b
    root_a, root_b = _symmetric_root(covariance_a), _symmetric_root(covariance_b)
    shared = np.linalg.svd(root_a @ root_b, compute_uv=False).sum()
    return max(
        0.0, float(difference @ difference + np.trace(covariance_a) + np.trace(covariance_b) - 2 * shared)
    )


def kernel_distance(features_a: np.ndarray, features_b: np.ndarray) -> float:
    """The squared maximum mean discrepancy of two clouds (N, d) and (M, d), with the kernel (x.y / d + 1)^3.

        mean over i != j of k(a_i, a_j)  +  mean over i != j of k(b_i, b_j)  -  2 mean over i, j of k(a_i, b_j)

    The "kernel inception distance" of Bińkowski et al. 2018 (arXiv:1801.01401), with the estimator of Gretton et
    al. 2012 (JMLR 13), lemma 6. It is unbiased, so it may be slightly negative, and needs few images.
    """
    a, b = clouds(features_a, features_b, "The kernel distance", 2)
    within_a, within_b = _kernel_sum_without_diagonal(a), _kernel_sum_without_diagonal(b)
    across = sum(_cubic_kernel(part, b).sum() for part in _parts(a, len(b))) / (len(a) * len(b))
    within = within_a / (len(a) * (len(a) - 1)) + within_b / (len(b) * (len(b) - 1))
    return float(within - 2 * across)


def precision_recall(real: np.ndarray, fake: np.ndarray, neighbours: int = 3) -> tuple[float, float]:
    """Precision: the share of fakes within reach of the real ones. Recall: the share of real within the fakes' reach.

    The reach of a cloud is the union of balls around its points, each as large as the distance to the
    `neighbours`-th nearest other point. Kynkäänniemi et al. 2019 (arXiv:1904.06991), equations 1 and 2.
    real: features (N, d); fake: features (M, d). Both shares lie in [0, 1]. Mode collapse costs recall, bad
    pictures cost precision. A point with `neighbours` or more copies has a ball of radius 0, which reaches its copies.
    """
    datasets.check_whole("neighbours", "which neighbour a ball reaches to", neighbours, 1)
    real, fake = clouds(real, fake, "Precision and recall", neighbours + 1)
    return _share_within_reach(fake, real, neighbours), _share_within_reach(real, fake, neighbours)


def modes_covered(labels: np.ndarray, count: int, least_share: float = 0.1) -> int:
    """How many of `count` modes the samples reach.

    labels: the mode of each sample, 0 to count - 1 (a class from the feature network, or `nearest_mode`), or -1 for
    none. A mode counts when it gets at least `least_share` of its fair share, N / count samples, and at least one.
    """
    datasets.check_whole("count", "how many modes there are", count, 1)
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not ((labels >= -1) & (labels < count)).all():
        raise CourseError(
            f"Labels of {count} modes are whole numbers (N,) from -1, for none, to {count - 1}."
        )
    found = np.bincount(labels[labels >= 0], minlength=count)
    return int(np.sum((found >= 1) & (found >= least_share * len(labels) / count)))


def nearest_mode(points: np.ndarray, centres: np.ndarray, radius: float) -> np.ndarray:
    """The index of the centre nearest to each point, -1 where it is further than `radius`.

    points: (N, d); centres: (K, d). For Gaussians of deviation s in two dimensions, radius = 3 s holds 99 % of a mode.
    """
    indices, distances = nearest_neighbours(points, centres)
    return np.where(distances[:, 0] <= radius, indices[:, 0], -1)


def nearest_neighbours(
    queries: np.ndarray, references: np.ndarray, count: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """The `count` nearest references of each query by Euclidean distance, nearest first.

    queries: (N, ...), references: (M, ...) of the same shape: images, features or points. Returns indices into the
    references, int (N, count), and distances, float64 (N, count). A fake image at distance 0 from a training image
    is a copy of it: shown side by side, nearest neighbours reveal a generator that memorises.
    """
    queries, references = flat(queries), flat(references)
    for name, points in (("queries", queries), ("references", references)):
        refuse_infinite(name, points)
    if queries.shape[1] != references.shape[1]:
        raise CourseError(
            f"Queries have {queries.shape[1]} values each, but references {references.shape[1]}."
        )
    datasets.check_whole("count", "how many neighbours are wanted", count)
    if not 1 <= count <= len(references):
        raise CourseError(f"There are {len(references)} references, so {count} nearest ones cannot be found.")
    indices, distances = [], []
    for part in _parts(queries, len(references)):
        squares = _squared_distances(part, references)
        nearest = np.argpartition(squares, count - 1, axis=1)[:, :count]
        found = np.take_along_axis(squares, nearest, axis=1)
        order = np.argsort(found, axis=1, kind="stable")
        nearest = np.take_along_axis(nearest, order, axis=1)
        # The shortcut that finds neighbours fast loses digits near 0; the few distances kept are computed directly.
        differences = references[nearest].astype("float64") - part[:, np.newaxis].astype("float64")
        indices.append(nearest)
        distances.append(np.sqrt(np.square(differences).sum(axis=-1)))
    return np.concatenate(indices), np.concatenate(distances)


def diversity(images: np.ndarray) -> float:
    """The mean distance between two different images (root mean square over their values), 0 to 2 for [-1, 1].

    images: (N, ...), N >= 2. Near 0 the images are all alike: the generator has collapsed.
    """
    values = flat(images)
    if values.dtype.kind in "ui" or (values.size and np.ptp(values) > 2.002):
        raise CourseError(
            f"Diversity is of images in [-1, 1], but these go from {values.min():.3g} to {values.max():.3g} as "
            f"{values.dtype}: bring them there first, pixels in 0..255 by images.astype('float32') / 127.5 - 1."
        )
    points = cloud(values, "Diversity", 2)
    points = points - points.mean(axis=0)  # changes no distance, and saves digits when all images are alike
    squares = np.maximum(_squared_distances(points, points), 0)
    np.fill_diagonal(squares, 0)
    return float(np.sqrt(squares / points.shape[1]).sum() / (len(points) * (len(points) - 1)))


def frechet_score(images: np.ndarray, dataset: str = "fashion_mnist") -> float:
    """`frechet_distance` of images (N, height, width, channels) in [-1, 1] from the dataset's test images.

    The reference is the test images because neither the generator nor the feature network has seen them. Takes
    about a second for 2,000 images. At least 1,000 are asked for: with fewer the covariances are mostly chance.
    `score_scale` says what as many real images and pictures of noise score.
    """
    _require(images, 1000, "The Fréchet score")
    from course_lib.scores import features  # Keras comes in only here

    network = features.load(dataset)
    return frechet_from_statistics(*statistics(network.features(images)), *statistics(network.test_features))


def kernel_score(images: np.ndarray, dataset: str = "emoji") -> float:
    """`kernel_distance` of images (N, height, width, channels) in [-1, 1] from the dataset's test images.

    At least 100 images. For emoji, with 137 test images, real ones score 0 give or take 0.02.
    """
    _require(images, 100, "The kernel score")
    from course_lib.scores import features  # Keras comes in only here

    network = features.load(dataset)
    return kernel_distance(network.features(images), network.test_features)


def score_scale(dataset: str = "fashion_mnist", count: int = 10_000) -> dict:
    """The two ends of a score: {"score": "frechet" or "kernel", "count": ..., "real": ..., "noise": ...}.

    "real" is what `count` real training images score against the test images, and the best a generator can hope
    for; "noise" is what uniform noise scores. They were measured when the network was trained, for several counts:
    this is the largest of these that is not above `count`, since scores depend on the number of images.
    """
    from course_lib.scores import features

    rows = features.load(dataset).report["score_scale"]
    return dict(
        max((row for row in rows if row["count"] <= count), key=lambda row: row["count"], default=rows[0])
    )


def _require(images: np.ndarray, least: int, what: str) -> None:
    if len(images) < least:
        raise CourseError(
            f"{what} needs at least {least:,} images to mean anything, but got {len(images):,}."
        )


def _parts(rows: np.ndarray, width: int) -> list[np.ndarray]:
    """The rows in pieces, so that a table of one piece against `width` others stays under some 50 MB."""
    size = max(1, 6_000_000 // width)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(np.asarray(matrix, "float64"))
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def _cubic_kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a @ b.T / a.shape[1] + 1) ** 3


def _kernel_sum_without_diagonal(a: np.ndarray) -> float:
    diagonal = (np.square(a).sum(axis=1) / a.shape[1] + 1) ** 3
    return sum(_cubic_kernel(part, a).sum() for part in _parts(a, len(a))) - diagonal.sum()


def _squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|x - y|^2 = |x|^2 - 2 x.y + |y|^2 for every pair: one matrix product instead of a loop."""
    squares_a, squares_b = (np.einsum("ij,ij->i", points, points) for points in (a, b))
    return squares_a[:, np.newaxis] - 2 * (a @ b.T) + squares_b


def _share_within_reach(points: np.ndarray, cloud: np.ndarray, neighbours: int) -> float:
    """The share of points that lie in some ball around the cloud."""
    squared_radii = _squared_radii(cloud, neighbours)
    inside = []
    for part in _parts(points, len(cloud)):
        squares = _squared_distances(part, cloud)
        _compute_directly(squares, np.abs(squares - squared_radii) <= _rounding(part, cloud), part, cloud)
        inside.append((squares <= squared_radii).any(axis=1))
    return float(np.concatenate(inside).mean())


def _squared_radii(cloud: np.ndarray, neighbours: int) -> np.ndarray:
    """The squared distance of each point to its `neighbours`-th nearest other one: 0 where so many are copies of it."""
    radii = []
    for part in _parts(cloud, len(cloud)):
        squares = _squared_distances(part, cloud)
        near = np.partition(squares, neighbours, axis=1)[:, neighbours, np.newaxis]  # place 0 is the point
        # Whatever could be the neighbour sought, by digits that are sure, is computed again.
        _compute_directly(squares, squares <= near + 2 * _rounding(part, cloud), part, cloud)
        radii.append(np.partition(squares, neighbours, axis=1)[:, neighbours])
    return np.concatenate(radii)


def _compute_directly(squares: np.ndarray, wanted: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """Replace the `wanted` entries of `_squared_distances(a, b)` by sums of squared differences, in place."""
    for pairs in _parts(np.argwhere(wanted), a.shape[1]):
        rows, columns = pairs.T
        squares[rows, columns] = np.square(a[rows] - b[columns]).sum(axis=1)


def _rounding(a: np.ndarray, b: np.ndarray) -> float:
    """By how much an entry of `_squared_distances(a, b)` can be off: it is a difference of far larger numbers."""
    largest = max(np.einsum("ij,ij->i", points, points).max() for points in (a, b))
    return 8 * (a.shape[1] + 3) * np.finfo(a.dtype).eps * float(largest)
