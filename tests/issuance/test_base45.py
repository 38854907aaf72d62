import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance import base45


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", ""), (b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_examples_of_rfc_9285_come_out_as_printed_there(data, text):
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=700))
def test_what_was_encoded_is_decoded_again(data):
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize("text", ["A", "BB8A", "GGW", "::", "ab", "BB,", "::::"])
def test_text_that_no_encoder_writes_is_refused(text):
    with pytest.raises(ValueError, match=r"base45|alphabet"):
        base45.decode(text)
