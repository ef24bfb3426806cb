"""What is predicted is what the model knows, and what is registered can be scored."""

from buildout.inputs.predictions import read_predicted, read_predictions
from buildout.inputs.series import ModelSeries


def test_every_predicted_quantity_is_known_to_the_model_in_its_unit(model):
    meanings = ModelSeries(model)
    for row in read_predicted():
        assert meanings.meaning(row.quantity, row.unit).unit == row.unit
    assert not meanings.summed


def test_names_of_predicted_quantities_are_short_and_unlike():
    names = [row.name for row in read_predicted()]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 40


def test_a_registered_quantity_has_one_unit():
    """By whatever model it was registered."""
    units = {(row.quantity, row.unit) for row in read_predictions()}
    assert len(units) == len({quantity for quantity, _ in units})
