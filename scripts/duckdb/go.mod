// DuckDB 1.5.6 as static libraries with its header: the platform part of its Go bindings. Nothing here is Go.
module foreset/duckdb

go 1.19

require github.com/duckdb/duckdb-go-bindings/lib/linux-amd64 v0.10506.0
