#!/usr/bin/env bash
# guichet serve over TLS with tokens, as its operator would start it; its own commands against it; and
# what an independent scanner (sslscan) sees of it: nothing below TLS 1.2, no weak suite.
#   tls_test.sh GUICHET
set -euo pipefail
guichet=$1
unset GUICHET_KAFKA  # of tests on a broker; this server is embedded
command -v sslscan >/dev/null && command -v openssl >/dev/null || { echo "no sslscan"; exit 77; }
dir=$(mktemp -d)
server=
end() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$dir"; }
trap end EXIT
fail() { echo "FAILED: $*" >&2; tail -20 "$dir/log" >&2; exit 1; }

start() {  # more arguments
  "$guichet" serve --data "$dir/data" --auth-jwks "$dir/try/jwks.json" --auth-audience guichet \
    --auth-issuer http://localhost/guichet-token "$@" >"$dir/out" 2>"$dir/log" &
  server=$!
  for _ in $(seq 300); do
    grep -q listening "$dir/out" && break
    kill -0 $server 2>/dev/null || { server=; return 1; }
    sleep 0.1
  done
  url=$(sed -n 's/listening on //p' "$dir/out")
}
stop() { kill "$server"; wait "$server"; server=; }
token() { "$guichet" token make --key "$dir/try/signing-key.json" --subject a.cormier "$@"; }

certify() {  # openssl's words for the kind of key
  openssl req -x509 -newkey "$@" -nodes -keyout "$dir/key.pem" -out "$dir/cert.pem" -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
}
tls=(--tls-certificate "$dir/cert.pem" --tls-key "$dir/key.pem")

"$guichet" token keys "$dir/try" >/dev/null
certify ec -pkeyopt ec_paramgen_curve:P-256

# What is refused, by one line that says why.
if start --listen 0.0.0.0:0; then fail "listened beyond this machine without TLS"; fi
[ "$(grep -c 'without TLS' "$dir/log")" = 1 ] || fail "did not say that TLS is wanted"
start --listen 0.0.0.0:0 "${tls[@]}" || fail "did not start beyond this machine with TLS and tokens"
stop

suites() { sed -n 's/.*<cipher .*sslversion="\([^"]*\)".* cipher="\([^"]*\)".*/\1 \2/p' "$1"; }
allowed='^TLSv1\.3 TLS_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256)$'
allowed+='|^TLSv1\.2 ECDHE-(RSA|ECDSA)-(AES128-GCM-SHA256|AES256-GCM-SHA384|CHACHA20-POLY1305)$'
for kind in ec rsa; do
  if [ $kind = rsa ]; then certify rsa:2048; fi
  start --listen 127.0.0.1:0 "${tls[@]}" || fail "did not start"
  [[ $url == https://127.0.0.1:* ]] || fail "$url"

  export GUICHET_SERVER=$url GUICHET_CA=$dir/cert.pem
  GUICHET_TOKEN=$(token --roles clerk --desk snb-grand-manan)
  export GUICHET_TOKEN
  "$guichet" health >/dev/null || fail "not healthy"
  "$guichet" apply "$(dirname "$0")/../../docs/examples/family.json" --wait 10s >"$dir/answer" || fail "no answer"
  grep -Eq 'Canada Child Benefit|Allocation canadienne' "$dir/answer" || fail "an answer without a program"
  [ "$("$guichet" list --json | grep -o '"number"' | wc -l)" -ge 1 ] || fail "the clerk's list is empty"
  status=0; GUICHET_TOKEN= "$guichet" list >/dev/null 2>&1 || status=$?
  [ $status = 1 ] || fail "without a token: exit $status"
  status=0; GUICHET_CA= "$guichet" health >/dev/null 2>&1 || status=$?
  [ $status = 3 ] || fail "a CA that nobody trusts was trusted: exit $status"

  sslscan --no-colour --timeout=15 --connect-timeout=15 --xml="$dir/scan.xml" "${url#https://}" >"$dir/scan.txt" || fail "sslscan"
  grep -Eq 'type="tls" version="1.3" enabled="1"' "$dir/scan.xml" || fail "no TLS 1.3"
  ! grep -E 'type="ssl" version="[23]" enabled="1"|type="tls" version="1\.[01]" enabled="1"' "$dir/scan.xml" ||
    fail "speaks what is below TLS 1.2"
  suites "$dir/scan.xml" >"$dir/suites"
  [ "$(wc -l <"$dir/suites")" -ge 6 ] || fail "sslscan saw few suites: $(cat "$dir/suites")"
  ! grep -Ev "$allowed" "$dir/suites" || fail "takes a weak suite"
  ! grep -E 'strength="(weak|null|anonymous)"|vulnerable="1"|compression supported="1"' "$dir/scan.xml" ||
    fail "sslscan found something weak"
  echo "$kind: $(wc -l <"$dir/suites") suites, none weak, nothing below TLS 1.2"
  unset GUICHET_TOKEN
  stop
done
