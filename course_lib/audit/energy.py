"""What a training cost in electricity and in greenhouse gas: from its time, and from assumptions that are all told.

    found = training_energy(wall_seconds=110, cores=2)
    f"{found.kwh_low:.4f} to {found.kwh_high:.4f} kWh"
    found.assumptions                                     a line each; change what you know better, and call again

    energy = (watts a core * processor seconds + watts of the rest * seconds) * PUE
    greenhouse gas = energy * what the grid emits for a kilowatt-hour

The formula is that of Lannelongue, Grealey and Inouye 2021, "Green Algorithms", Advanced Science 8 (equations 1, 2).
Nobody measured the watts here, so each factor is a range, and the result goes from all low ends to all high ends:

- a busy core: 3 W, of a laptop, to 15 W, of a desktop or an older server; Green Algorithms takes 12 where the
  processor is not known;
- the rest of the machine (memory, board, losses in the power supply): 5 to 60 W; memory alone takes 0.37 W a gigabyte
  (there);
- PUE, what a building takes over what its machines take: 1.0 at home to 1.6; 1.56 is what owners of data centres
  reported on average in 2024 (Uptime Institute, Global Data Center Survey);
- the grid: 30 g CO2e a kilowatt-hour, as in Norway or Sweden, to 700, as in India (Ember, Yearly Electricity Data,
  2023 to 2025; life cycle). A country's average says nothing of an hour.

Not counted: making the machine, screens, trials that were thrown away, and use after the training. A number without
these assumptions beside it means nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from course_lib import CourseError, datasets
from course_lib.datasets.numbers import check_number, is_number

Range = tuple[float, float]
WATTS_A_CORE: Range = (3.0, 15.0)
WATTS_OF_THE_REST: Range = (5.0, 60.0)
BUSY: Range = (0.5, 1.0)
"""Which share of the cores' time a training keeps busy, where its processor time was not measured."""
PUE: Range = (1.0, 1.6)
GRAMS_A_KWH: Range = (30.0, 700.0)
JOULES_A_KWH = 3.6e6
MOST_SECONDS = 1e10


class Energy(NamedTuple):
    """Kilowatt-hours and grams of CO2 equivalents, from the low ends of all assumptions to the high ends."""

    kwh_low: float
    kwh_high: float
    grams_low: float
    grams_high: float
    assumptions: tuple[str, ...]


def training_energy(
    wall_seconds: float,
    cores: int = 1,
    *,
    processor_seconds: float | None = None,
    watts_a_core: Range = WATTS_A_CORE,
    watts_of_the_rest: Range = WATTS_OF_THE_REST,
    busy: Range = BUSY,
    pue: Range = PUE,
    grams_a_kwh: Range = GRAMS_A_KWH,
) -> Energy:
    """The energy of a training that took `wall_seconds` by the clock on so many cores, without an accelerator.

    processor_seconds: of all cores together, where they were measured; else a share `busy` of cores * wall_seconds.
    Ranges are (low, high) in watts, as factors, and in grams. Raises CourseError for what is no number or no range.
    """
    check_number("wall_seconds", "how long the training took", wall_seconds, 0, MOST_SECONDS)
    datasets.check_whole("cores", "on how many cores it ran", cores, 1)
    _check_range("watts_a_core", watts_a_core)
    _check_range("watts_of_the_rest", watts_of_the_rest)
    _check_range("busy", busy, 0, 1)
    _check_range("pue", pue, 1)
    _check_range("grams_a_kwh", grams_a_kwh)
    if processor_seconds is None:
        worked = tuple(share * cores * wall_seconds for share in busy)
        time = f"{wall_seconds:,.0f} s by the clock, {_said(busy)} of the time of {cores} cores"
    else:
        check_number("processor_seconds", "what all cores worked", processor_seconds, 0, MOST_SECONDS)
        worked = processor_seconds, processor_seconds
        time = f"{wall_seconds:,.0f} s by the clock, {processor_seconds:,.0f} s of processor time as measured"
    kwh = [
        (watts * seconds + rest * wall_seconds) * factor / JOULES_A_KWH
        for watts, seconds, rest, factor in zip(watts_a_core, worked, watts_of_the_rest, pue, strict=True)
    ]
    grams = [energy * intensity for energy, intensity in zip(kwh, grams_a_kwh, strict=True)]
    assumptions = (
        time,
        f"{_said(watts_a_core)} W a busy core, assumed",
        f"{_said(watts_of_the_rest)} W for the rest of the machine, assumed",
        f"a power usage effectiveness of {_said(pue)}, assumed",
        f"a grid that emits {_said(grams_a_kwh)} g of CO2e a kWh, assumed",
        "making the machine, discarded trials and later use are not counted",
    )
    return Energy(*kwh, *grams, assumptions)


def _check_range(name: str, ends: Range, least: float = 0.0, most: float = 1e6) -> None:
    is_pair = isinstance(ends, tuple | list) and len(ends) == 2 and all(map(is_number, ends))
    if not is_pair or not least <= ends[0] <= ends[1] <= most:
        raise CourseError(
            f"{name} is a range (low, high) within {least:g} to {most:g}, such as ({least + 0.25:g}, {least + 0.5:g}), "
            f"not {ends!r}."
        )


def _said(ends: Range) -> str:
    low, high = ends
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
