#!/usr/bin/env python3
"""Keys and tokens made by two libraries that are not ours, PyJWT and jwcrypto: the server takes what they
sign by RS256 and ES256, and nothing that was changed since.

  foreign_tokens_test.py GUICHET
"""
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwcrypto import jwk, jwt as jwcrypto_jwt

os.environ.pop("GUICHET_KAFKA", None)  # of tests on a broker; this server is embedded
ISSUER, AUDIENCE = "https://id.example.ca/realms/nb", "guichet"


def claims(**more):
    now = int(time.time())
    return {"iss": ISSUER, "aud": [AUDIENCE, "account"], "sub": "f3b1c2d4", "iat": now, "nbf": now, "exp": now + 300,
            "jti": "a", "azp": "portal", "scope": "openid", "roles": ["auditor"], "name": "Éva Roy", **more}


def by_pyjwt(key, algorithm, kid, **more):
    return jwt.encode(claims(**more), key, algorithm=algorithm, headers={"kid": kid, "typ": "at+jwt"})


def by_jwcrypto(key, algorithm, kid, **more):
    token = jwcrypto_jwt.JWT(header={"alg": algorithm, "kid": kid, "typ": "JWT"}, claims=claims(**more))
    token.make_signed_token(key)
    return token.serialize()


def changed(token):
    header, body, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(body + "=="))
    read["roles"] = ["operator"]
    body = base64.urlsafe_b64encode(json.dumps(read).encode()).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


def main():
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    rsa_jwk = jwk.JWK.generate(kty="RSA", size=2048, kid="jwcrypto-rsa", use="sig", alg="RS256")
    ec_jwk = jwk.JWK.generate(kty="EC", crv="P-256", kid="jwcrypto-ec", use="sig")
    # A real provider shows keys for other things too.
    other = jwk.JWK.generate(kty="RSA", size=2048, kid="for-encryption", use="enc", alg="RSA-OAEP")
    ed = jwk.JWK.generate(kty="OKP", crv="Ed25519", kid="ed", use="sig")
    keys = [dict(json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key.public_key())), kid="pyjwt-rsa", use="sig"),
            dict(json.loads(jwt.algorithms.ECAlgorithm.to_jwk(ec_key.public_key())), kid="pyjwt-ec"),
            *(json.loads(key.export_public()) for key in (rsa_jwk, ec_jwk, other, ed))]
    good = {"PyJWT RS256": by_pyjwt(rsa_key, "RS256", "pyjwt-rsa"), "PyJWT ES256": by_pyjwt(ec_key, "ES256", "pyjwt-ec"),
            "jwcrypto RS256": by_jwcrypto(rsa_jwk, "RS256", "jwcrypto-rsa"),
            "jwcrypto ES256": by_jwcrypto(ec_jwk, "ES256", "jwcrypto-ec")}
    bad = {f"{name}, changed": changed(token) for name, token in good.items()}
    bad |= {"PS256": by_pyjwt(rsa_key, "PS256", "pyjwt-rsa"), "RS512": by_jwcrypto(rsa_jwk, "RS512", "jwcrypto-rsa"),
            "a key for encryption": by_jwcrypto(jwk.JWK(**{k: v for k, v in other.export(as_dict=True).items()
                                                           if k not in ("use", "alg")}), "RS256", "for-encryption"),
            "EdDSA": by_jwcrypto(ed, "EdDSA", "ed"),
            "another's name": by_pyjwt(ec_key, "ES256", "jwcrypto-ec"),
            "ended": by_pyjwt(ec_key, "ES256", "pyjwt-ec", exp=int(time.time()) - 3600),
            "for another": by_jwcrypto(ec_jwk, "ES256", "jwcrypto-ec", aud="account"),
            "an ID token": by_jwcrypto(ec_jwk, "ES256", "jwcrypto-ec", nonce="n")}

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "jwks.json").write_text(json.dumps({"keys": keys}))
        server = subprocess.Popen(
            [sys.argv[1], "serve", "--data", folder / "data", "--listen", "127.0.0.1:0", "--auth-jwks",
             folder / "jwks.json", "--auth-issuer", ISSUER, "--auth-audience", AUDIENCE],
            stdout=subprocess.PIPE, stderr=(folder / "log").open("w"), text=True)
        try:
            url = server.stdout.readline().split()[-1]

            def status(token):
                request = urllib.request.Request(url + "/v1/applications", headers={"Authorization": f"Bearer {token}"})
                try:
                    return urllib.request.urlopen(request, timeout=10).status
                except urllib.error.HTTPError as answer:
                    return answer.code

            wrong = [f"{name}: {got}" for name, token in good.items() if (got := status(token)) != 200]
            wrong += [f"{name}: {got}" for name, token in bad.items() if (got := status(token)) != 401]
        finally:
            server.terminate()
            server.wait()
    print(f"{len(good)} tokens taken, {len(bad)} refused" if not wrong else "FAILED: " + "; ".join(wrong))
    sys.exit(bool(wrong))


main()
