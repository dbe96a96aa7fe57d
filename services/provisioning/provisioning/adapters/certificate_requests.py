"""Reads a device's certificate signing request (PKCS#10, RFC 2986): only the key in it counts."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

LONGEST_REQUEST = 8_192
# What AWS IoT accepts in a client certificate, except RSA below 2,048 bits.
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_RSA_BITS = range(2048, 4096 + 1)
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


def public_key_of(request_pem: str) -> str:
    """Return the public key as PEM. The request is signed with it, so the sender can use the private key.

    Subject and extensions are ignored: a device does not choose its own name or rights. Raises ValueError
    with a sentence for people.
    """
    try:
        request = x509.load_pem_x509_csr(request_pem.encode())
        key, algorithm = request.public_key(), request.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise ValueError("Not a certificate signing request in PEM.") from error
    is_curve = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)
    is_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS
    if not (is_curve or is_rsa):
        raise ValueError("The key must be on P-256, P-384 or P-521, or RSA of 2048 to 4096 bits.")
    if not isinstance(algorithm, _HASHES):
        raise ValueError("The request must be signed with SHA-256, SHA-384 or SHA-512.")
    if not _is_signed(request):
        raise ValueError("The signature is not that of the key in the request.")
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def _is_signed(request: x509.CertificateSigningRequest) -> bool:
    """Malformed signatures and odd exponents raise exceptions of their own; they count as unsigned."""
    try:
        return request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        return False
