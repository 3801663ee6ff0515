"""libRoadRunner, the simulator that is not ours: what the tests of the biology run a model with."""

import numpy as np
import roadrunner

from hepasome.biology import model_sbml

roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)

# Where a vesicle can be in a body.
FATES = [
    "vesicles_in_blood",
    "vesicles_in_depot",
    "vesicles_in_lung",
    "vesicles_in_spleen",
    "vesicles_elsewhere",
    "vesicles_in_sinusoids",
    "vesicles_in_kupffer_cells",
    "vesicles_in_endothelial_cells",
    "vesicles_in_stellate_cells",
    "vesicles_in_hepatocytes",
]


def loaded(structure, relative=1e-8, absolute=1e-10, **values):
    """The model of a structure with values set, and the tolerances of its integrator."""
    model = roadrunner.RoadRunner(model_sbml(structure))
    model.integrator.relative_tolerance, model.integrator.absolute_tolerance = relative, absolute
    for name, value in values.items():
        model[name] = value
    return model


def course(model, times, columns):
    """Values of each column at the times."""
    found = np.asarray(model.simulate(times=[*times], selections=[*columns]))
    return dict(zip(columns, found.T, strict=True))
