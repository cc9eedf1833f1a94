#!/usr/bin/env bash
# Guichet on a broker that takes TLS with SCRAM only: topics, a server, an application; and what it
# says where the password is another, or nobody vouches for the broker. The broker is of Kafka 3.9:
# with one of Kafka 4 Debian's librdkafka fails at SCRAM (docs/running.md).
#   secure_test.sh GUICHET
set -euo pipefail
guichet=$1
[ -n "${GUICHET_KAFKA:-}" ] || { echo "no broker: scripts/test starts one"; exit 77; }
unset GUICHET_KAFKA  # of the tests' own broker; this one has another
top=$(cd "$(dirname "$0")/../../.." && pwd)
dir=$(mktemp -d)
server=
end() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait
  "$top/scripts/kafka" wipe --data "$dir/broker" >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap end EXIT
fail() { echo "FAILED: $*" >&2; tail -20 "$dir/log" >&2; exit 1; }

"$top/scripts/kafka" start --data "$dir/broker" --port 19851 --secure --version 3.9.1 >/dev/null
address=127.0.0.1:19881
good=$dir/broker/secure/client.properties
topics() { timeout 60 "$guichet" topics "$1" --kafka "$address" --kafka-properties "$2" --partitions 2 >"$dir/out" 2>"$dir/log"; }

topics create "$good" || fail "topics were not made by TLS and SCRAM"
topics check "$good" || fail "topics are not as declared"

refused() {  # what, the file, what it must say
  local status=0
  topics check "$2" || status=$?
  [ $status -ne 0 ] && [ $status -ne 124 ] || fail "$1: exit $status"
  grep -Eqi "$3" "$dir/out" "$dir/log" || fail "$1: does not say why"
  ! grep -q "$(cat "$dir/broker/secure/password")" "$dir/out" "$dir/log" || fail "$1: the password is told"
}
sed 's/^sasl.password=.*/sasl.password=other/' "$good" >"$dir/other-password"
refused "another password" "$dir/other-password" 'authentication'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other \
  -keyout "$dir/other.key" -out "$dir/other.pem" 2>/dev/null
sed "s|^ssl.ca.location=.*|ssl.ca.location=$dir/other.pem|" "$good" >"$dir/other-ca"
refused "a broker that nobody vouches for" "$dir/other-ca" 'certificate|ssl'

"$guichet" keys create "$dir/keys" >/dev/null
"$guichet" serve --kafka "$address" --kafka-properties "$good" --partitions 2 --data "$dir/data" \
  --keys "$dir/keys" --listen 127.0.0.1:0 >"$dir/out" 2>"$dir/log" &
server=$!
for _ in $(seq 600); do
  grep -q listening "$dir/out" && break
  kill -0 $server 2>/dev/null || fail "the server ended"
  sleep 0.1
done
GUICHET_SERVER=$(sed -n 's/listening on //p' "$dir/out")
export GUICHET_SERVER
for _ in $(seq 300); do
  [ "$("$guichet" health >/dev/null 2>&1 && echo ready)" = ready ] && break
  sleep 0.1
done
"$guichet" apply "$top/docs/examples/family.json" --wait 30s --language en >"$dir/answer" 2>>"$dir/log" || fail "no answer"
grep -q 'Canada Child Benefit' "$dir/answer" || fail "an answer without a program"
"$guichet" audit verify --language en | grep -q 'The trail is whole' || fail "the trail is not whole"
echo "an application by TLS and SCRAM; another password and another CA are refused"
