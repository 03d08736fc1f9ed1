"""A signed note in a picture's file that says how it was made: C2PA's manifest, where `c2pa-python` is installed.

    signed = sign(jpeg, title="a cup")        bytes of a JPEG or PNG to bytes
    read(signed)                              Manifest(state="Valid", problems=("signingCredential.untrusted",), ...)

Coalition for Content Provenance and Authenticity, "Content Credentials", specification 2. Unlike a watermark it can say
much and proves who signed; but saving the picture again leaves nothing of it, and what has none is proof of nothing.
The certificate is made on the spot, its root is on no list of trusted ones, and both keys are forgotten: so whoever
reads it learns that nothing was changed since, and not by whom it was signed.
"""

from __future__ import annotations

import datetime
import io
import json
from types import ModuleType
from typing import NamedTuple

from course_lib import CourseError

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""What the International Press Telecommunications Council calls a picture that a trained network made."""
FORMATS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
MAKER = "GAN course"


class Manifest(NamedTuple):
    """What a file says of itself.

    state: "Valid" if the file is as it was signed, else "Invalid". problems: in C2PA's words; "signingCredential.
    untrusted" is always among them here. source: how the picture came about, `SOURCE` for a network's, "" if not said.
    """

    state: str
    problems: tuple[str, ...]
    title: str
    source: str


def sign(picture: bytes, title: str) -> bytes:
    """The JPEG or PNG file with a manifest that says that a network made it. Raises CourseError for other files."""
    c2pa, file_format = _library(), _format(picture)
    if not isinstance(title, str) or not title.strip():
        raise CourseError(f"title is a text that names the picture, not {title!r:.60}.")
    chain, key = _certificate()
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, key, None))
    action = {"action": "c2pa.created", "digitalSourceType": SOURCE}
    manifest = {
        "claim_generator_info": [{"name": MAKER, "version": "1"}],
        "title": title,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}],
    }
    signed = io.BytesIO()
    try:
        c2pa.Builder(manifest).sign(signer, file_format, io.BytesIO(picture), signed)
    except c2pa.C2paError as error:
        raise CourseError(f"The picture cannot be signed: {' '.join(str(error).split())}.") from error
    return signed.getvalue()


def read(picture: bytes) -> Manifest | None:
    """What a JPEG or PNG file says of itself; None without a manifest. Raises CourseError for other files."""
    c2pa, file_format = _library(), _format(picture)
    try:
        found = json.loads(c2pa.Reader(file_format, io.BytesIO(picture)).json())
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as error:
        raise CourseError(f"The manifest cannot be read: {' '.join(str(error).split())}.") from error
    manifest = found["manifests"][found["active_manifest"]]
    actions = [action for part in manifest["assertions"] for action in part["data"].get("actions", [])]
    sources = [action["digitalSourceType"] for action in actions if "digitalSourceType" in action]
    problems = tuple(problem["code"] for problem in found.get("validation_status", []))
    return Manifest(found["validation_state"], problems, manifest.get("title", ""), "".join(sources[:1]))


def _certificate() -> tuple[bytes, bytes]:
    """A chain of two certificates for one day, PEM, and the key of the first: C2PA takes none that signed itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("signer", "root")}
    names = {name: x509.Name.from_rfc4514_string(f"CN={name},O={MAKER}") for name in keys}
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    chain = b""
    for name, key in keys.items():
        root = name == "root"
        certificate = (
            x509.CertificateBuilder(names["root"], names[name], key.public_key(), x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.BasicConstraints(root, None), critical=True)
            .add_extension(x509.KeyUsage(not root, *[False] * 4, root, root, False, False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(keys["root"].public_key()), critical=False
            )
        )
        if not root:
            purpose = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION])
            certificate = certificate.add_extension(purpose, critical=False)
        chain += certificate.sign(keys["root"], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = keys["signer"].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return chain, secret


def _library() -> ModuleType:
    try:
        import c2pa
    except ImportError:
        raise CourseError(
            "Content Credentials want the package c2pa-python, which is no part of the course: pip install c2pa-python."
        ) from None
    return c2pa


def _format(picture: bytes) -> str:
    for beginning, name in FORMATS.items():
        if isinstance(picture, bytes) and picture.startswith(beginning):
            return name
    raise CourseError("picture is the content of a JPEG or PNG file, as Path(...).read_bytes() gives it.")
