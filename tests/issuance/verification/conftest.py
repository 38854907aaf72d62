import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.issuance.verification import forge


@pytest.fixture(scope="session")
def by():
    """A signer of everything."""
    return forge.signer()


@pytest.fixture(scope="session")
def rsa_signer():
    return forge.signer(rsa.generate_private_key(65537, 2048))
