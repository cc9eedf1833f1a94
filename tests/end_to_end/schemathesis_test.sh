#!/bin/sh
# Requests that schemathesis makes from the OpenAPI document that the real server serves: none may be
# answered with 5xx, or with anything that is not documented. A stream has no end that it could wait
# for: tests/gateway/http/case_stream_test.cpp has those.
# Counts are for each operation: 40 make over 500 requests, nightly 400 over 5,000.
#   schemathesis_test.sh GUICHET
python="${GUICHET_VENV:-/nowhere}/bin/python"
[ -x "${python%python}schemathesis" ] || exit 77  # skipped: scripts/test brings it
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$folder"' EXIT
env -u GUICHET_KAFKA "$1" serve --data "$folder/data" --listen 127.0.0.1:0 \
  >"$folder/out" 2>"$folder/log" &
server=$!
for _ in $(seq 300); do
  grep -q listening "$folder/out" && break
  sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$folder/out")
[ -n "$url" ] || { cat "$folder/log"; exit 1; }

cd "$folder" || exit 1
"${python%python}schemathesis" --config-file "$here/schemathesis.toml" run "$url/openapi.json" \
  --url "$url" --exclude-path '/v1/applications/{id}/events' --phases examples,coverage,fuzzing --request-timeout 40 --warnings off \
  --max-examples "${GUICHET_EXAMPLES:-$([ -n "$GUICHET_NIGHTLY" ] && echo 400 || echo 40)}"
