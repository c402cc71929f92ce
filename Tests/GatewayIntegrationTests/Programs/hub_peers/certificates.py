"""Certificates of devices, made with openssl as their owner would."""

import hashlib
import os
import ssl
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make(folder, name, authority=None, days=30):
    """A certificate with subject CN `name`, signed by itself or by (certificate, key); gives its two files."""
    # Device names may hold what file names should not.
    stem = os.path.join(folder, hashlib.sha256(f"{name} {authority} {days}".encode()).hexdigest()[:16])
    certificate, key, request = f"{stem}.pem", f"{stem}.key", f"{stem}.csr"
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
           "/CN=" + name.replace("/", "\\/"), "-keyout", key)
    if authority:
        _openssl("req", *new, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", authority[0], "-CAkey", authority[1], "-CAcreateserial",
                 "-CAserial", f"{stem}.srl", "-days", str(days), "-out", certificate)
    else:
        _openssl("req", "-x509", *new, "-days", str(days), "-addext", "basicConstraints=critical,CA:FALSE",
                 "-out", certificate)
    return certificate, key


def authority(folder, name):
    """A certificate authority."""
    certificate, key = os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key")
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
             f"/CN={name}", "-keyout", key, "-days", "30", "-out", certificate)
    return certificate, key


def thumbprint(certificate, kind="sha256"):
    """Of the leaf's DER, hexadecimal."""
    with open(certificate, encoding="ascii") as file:
        return hashlib.new(kind, ssl.PEM_cert_to_DER_cert(file.read())).hexdigest().upper()
