#!/bin/sh
# Makes api/envoy-1.40.binpb.gz anew: one gzipped google.protobuf.FileDescriptorSet with every file of Envoy's
# API, dependencies first. It is what the generated Go code of the modules below carries, so nothing has to be
# compiled from .proto files. Needs Go and, through GOPROXY, those modules.
#
#   scripts/fetch-envoy-api/fetch.sh [output file]
#
# For the next Envoy: change the versions, the name of the file, and run `npm test`.
set -eu

envoy=github.com/envoyproxy/go-control-plane/envoy@v1.40.0
contrib=github.com/envoyproxy/go-control-plane/contrib@v1.36.1-0.20260713214202-ca8ce173c36f

here=$(cd "$(dirname "$0")" && pwd)
output=${1:-$here/../../api/envoy-1.40.binpb.gz}
case $output in /*) ;; *) output=$PWD/$output ;; esac
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

cp "$here/main.go" "$work/"
cd "$work"
go mod init fetch-envoy-api >/dev/null 2>&1
go get "$envoy" "$contrib" google.golang.org/protobuf

# every package of the API; of cncf/xds the ones that Envoy's files do not import are needed too (TypedStruct)
{
  echo 'package main'
  echo 'import ('
  go list github.com/envoyproxy/go-control-plane/envoy/... github.com/envoyproxy/go-control-plane/contrib/... \
    github.com/cncf/xds/go/udpa/... github.com/cncf/xds/go/xds/... | sed 's/.*/\t_ "&"/'
  echo ')'
} >imports.go
go get .
go run . | gzip -9 -n >descriptors.gz
mv -f descriptors.gz "$output"
