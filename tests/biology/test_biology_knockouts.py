"""In-silico knock-out of one miRNA in stellate cells: its part of the effect goes, everything else stays."""

import pytest

from hepasome import engine
from hepasome.biology import Structure, cell_types, model_sbml

STRUCTURE = Structure("human", disease="stellate_activation")
TARGETS = {"miR_125b_5p": "SMO", "miR_122_5p": "zone1_fibrosis_p4ha1", "miR_181_5p": "BCL2"}
LOADED = 2000.0  # copies per vesicle, more than fit: the parts must be large enough to be seen


@pytest.fixture(scope="module")
def read():
    simulator = engine.CompiledSimulator(engine.Model(model_sbml(STRUCTURE)), engine.Solver(1e-9, 1e-12))
    silent = {f"{cell}_unattributed_strength": 0.0 for cell in cell_types(STRUCTURE)}

    def levels(loaded, vesicles=1e10):
        copies = {f"{name}_copies_per_vesicle": LOADED * (name in loaded) for name in TARGETS}
        dose = engine.Dose(0.0, "body_medium_vesicles", vesicles)
        known = simulator.description.parameters
        own = {name: value for name, value in (copies | silent).items() if name in known}
        found = simulator.simulate(engine.Subject("s", own, {}, (dose,)), [48.0], list(TARGETS.values()))
        assert found.status is engine.Status.COMPLETED
        return dict(zip(TARGETS, found.values[0], strict=True))

    return levels


@pytest.mark.parametrize("removed", ["miR_125b_5p", "miR_122_5p"])
def test_without_one_mirna_its_target_is_that_of_untreated_cells_and_the_others_stay(read, removed):
    everything, without, nothing = read(set(TARGETS)), read(set(TARGETS) - {removed}), read(set(), vesicles=0.0)
    assert everything[removed] < 0.9 * nothing[removed]
    assert without[removed] == pytest.approx(nothing[removed], rel=1e-6)
    assert without["miR_181_5p"] == pytest.approx(everything["miR_181_5p"], rel=0.02)
    assert everything["miR_181_5p"] < 0.9 * nothing["miR_181_5p"]


def test_what_two_mirnas_do_to_their_own_targets_adds_up(read):
    nothing = read(set(), vesicles=0.0)
    both, one, other = read({"miR_125b_5p", "miR_122_5p"}), read({"miR_125b_5p"}), read({"miR_122_5p"})
    for name, alone in (("miR_125b_5p", one), ("miR_122_5p", other)):
        assert both[name] == pytest.approx(alone[name], rel=0.02)
        assert alone[name] < nothing[name]
