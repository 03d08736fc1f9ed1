"""Thirty-three trainings with the seeds 1 to 3, for the check of lesson 08's exercise 7: names and vital signs.

The lesson keeps this table out of its pages, because a student's program is to find the names by itself. The signs are
those that `signs_of` in the lesson computes from patients of `course_lib.clinic.patients` with another seed.
"""

from __future__ import annotations

TABLE = """
name,broken,last_gradient,real_score,fake_score,audit_d,audit_g,push,moved_d,moved_g,silent,spread
healthy,0,1.39,0.529,0.471,0.0105,0.0313,0.534,0.0701,0.0822,0,1.38
swapped_labels,0,0.00575,0.000425,0.999,-15.8,4.62e-05,0.000836,0.00525,0.00251,0,0.0268
G_aims_at_fake,0,0.00272,1,7.06e-05,4.31e-05,-13.4,9.1e-05,0.00388,0.0024,0,1.99
frozen_D,0,104,0.496,0.999,-0.0876,9.86e-05,0.00129,0,0.00587,0,7.58
sigmoid_twice,0,0.291,0.243,0.173,-0.32,-1.33,0.0554,0.0925,0.16,0,1.33
vanishing_gradient,0,0.00295,1,0.000237,-0.00013,-8.87e-06,0.000235,0.000374,0.000344,0,0.308
overpowering_D,0,11.5,1,1.33e-05,-1.11e-05,-0.0272,1,0.00203,0.000153,0,0.289
dead_G,0,1.04,0.503,0.502,0.101,-0.0981,0.513,0.0372,0.382,0.984,0.000788
mode_collapse,0,1.32,0.495,0.503,-0.0154,0.0341,0.499,0.0481,0.0517,0,0.181
NaN:_logarithm_of_0,1,11,0.993,0.00289,0,0,0.999,0.361,0.689,0,0
NaN:_too_large_a_step,1,135,0.724,0.684,0,0,6.68,7.6,68.8,0,0
healthy,0,1.78,0.53,0.473,0.00844,-0.0349,0.535,0.0884,0.0827,0,1.39
swapped_labels,0,0.00555,0.000422,0.999,-15.8,6.1e-05,0.000837,0.00467,0.00272,0,0.0337
G_aims_at_fake,0,0.00317,1,6.63e-05,2.04e-05,-13.8,7.88e-05,0.00371,0.00178,0,1.94
frozen_D,0,99,0.471,0.999,-0.115,9.78e-05,0.000966,0,0.00523,0,7.31
sigmoid_twice,0,0.000269,3.19e-05,8.25e-05,-9.71,-8.78,4.17e-05,0.000604,0.000281,0,0.446
vanishing_gradient,0,0.0063,0.999,0.000579,-0.000241,8.61e-05,0.000508,0.000988,0.0012,0,0.302
overpowering_D,0,10.4,1,1.86e-05,-9.71e-06,0.0113,1,0.00197,0.000158,0,0.217
dead_G,0,0.679,0.496,0.509,0.0513,-0.0489,0.498,0.0298,0.287,1,2.41e-06
mode_collapse,0,0.745,0.498,0.507,-0.0136,0.00319,0.494,0.0467,0.0623,0,0.225
NaN:_logarithm_of_0,1,10,0.993,0.00724,0,0,0.994,0.23,0.695,0,0
NaN:_too_large_a_step,1,3.96e+03,0.724,0.721,0,0,26.1,10.2,1.98e+03,0,0
healthy,0,1.77,0.543,0.457,0.00526,0.0346,0.542,0.0787,0.0814,0,1.37
swapped_labels,0,0.00542,0.00036,0.999,-16.1,5.56e-05,0.000823,0.00485,0.00255,0,0.0308
G_aims_at_fake,0,0.00394,1,6.61e-05,9.46e-05,-13.9,4.87e-05,0.00432,0.0013,0,2.22
frozen_D,0,0.858,0.45,0.5,0.000271,5.17e-05,0.5,0,0.0394,0,0.0164
sigmoid_twice,0,0.231,0.232,0.166,-2.68,-2.5,0.0367,0.184,0.204,0,2.29
vanishing_gradient,0,0.00323,0.999,0.000212,-0.000136,1.41e-05,0.00022,0.000359,0.000232,0,0.331
overpowering_D,0,12.7,1,9.35e-06,-6.59e-06,0.00075,1,0.00297,0.000158,0,0.308
dead_G,0,0.467,0.508,0.498,0.0323,-0.0043,0.502,0.0185,0.058,1,2.53e-06
mode_collapse,0,0.741,0.496,0.507,-0.0423,0.0497,0.494,0.0432,0.0553,0,0.293
NaN:_logarithm_of_0,1,11.9,0.998,0.00171,0,0,0.999,0.299,0.702,0,0
NaN:_too_large_a_step,1,1.44e+07,0.714,0.741,0,0,2e+03,23.2,7.22e+06,0,0
"""


def held_out() -> list[tuple[str, dict[str, float]]]:
    """The trainings as pairs (name of the disease, or "healthy"; sign -> number), three of each name."""
    header, *rows = [line.split(",") for line in TABLE.split()]
    return [
        (name.replace("_", " "), dict(zip(header[1:], map(float, numbers), strict=True)))
        for name, *numbers in rows
    ]
