"""Parquet and Arrow: row groups, record batches and slices."""

import re

from sparsekit._utils._tables._table import NamedTable, refusal

# Bytes of a compressed column that are read ahead of the decoder.
_BUFFER = 2**16


class ArrowTable(NamedTable):
    """What pyarrow reads.

    Parameters
    ----------
    given : pyarrow.dataset.Dataset, pyarrow.Table or list of Path
        Paths are those of Arrow files.
    name : str
        What errors call it.
    wanted : Wanted
    """

    def __init__(self, given, name, wanted) -> None:
        import pyarrow as pa

        self._block_rows = wanted.block_rows
        if isinstance(given, pa.Table):
            schema, self.pieces = given.schema, _slices(given, wanted.block_rows)
        elif isinstance(given, list):
            schema, self.pieces = _files(given)
        else:
            schema, self.pieces = given.schema, _fragments(given, wanted.block_rows)
        why = "is the index of the DataFrame that was written: no feature, left out"
        left_out = dict.fromkeys(_index_columns(name, schema), why)
        super().__init__(name, schema.names, wanted, left_out)

    def _frames(self, piece, columns):
        for batch in piece(columns):
            for start in range(0, batch.num_rows, self._block_rows):
                yield _frame(batch.slice(start, self._block_rows))


def _index_columns(name, schema):
    """Return the columns in which pandas has stored the index of a DataFrame."""
    try:
        told = dict(schema.pandas_metadata or {}).get("index_columns", [])
    except (ValueError, TypeError) as error:
        raise refusal(
            f"cannot read {name}: what pandas noted about its columns is damaged."
        ) from error
    told = told if isinstance(told, list) else []
    return [
        column
        for column in schema.names
        if column in told or re.fullmatch(r"__index_level_\d+__", column)
    ]


def _slices(table, block_rows):
    """Return the pieces of a table in memory."""

    def piece(start):
        def read(columns):
            yield table.select(columns).slice(start, block_rows)

        return read

    return [piece(start) for start in range(0, table.num_rows, block_rows)]


def _files(paths):
    """Return the columns and the record batches of Arrow files, which are mapped."""
    import pyarrow as pa

    def piece(reader, number):
        def read(columns):
            yield reader.get_batch(number).select(columns)

        return read

    readers = [pa.ipc.open_file(pa.memory_map(str(path))) for path in paths]
    for path, reader in zip(paths, readers, strict=True):
        if not reader.schema.equals(readers[0].schema):
            raise refusal(f"{path} has other columns than {paths[0]}.")
    pieces = [
        piece(r, number) for r in readers for number in range(r.num_record_batches)
    ]
    return readers[0].schema, pieces


def _fragments(dataset, block_rows):
    """Return the row groups of a dataset of Parquet files; of others, the files."""
    import pyarrow.dataset as ds

    def other(fragment):
        def read(columns):
            yield from fragment.to_batches(
                schema=dataset.schema,
                columns=columns,
                batch_size=block_rows,
                batch_readahead=0,
                fragment_readahead=0,
                use_threads=False,
            )

        return read

    pieces = []
    for fragment in dataset.get_fragments():
        if isinstance(fragment, ds.ParquetFileFragment):
            pieces += [
                _row_group(fragment, group.id, dataset.schema, block_rows)
                for group in fragment.row_groups
            ]
        else:
            pieces.append(other(fragment))
    return pieces


def _row_group(fragment, number, schema, block_rows):
    """Return a piece that decodes `block_rows` rows at a time.

    A scan of the dataset would decode whole row groups.
    """

    def read(columns):
        import pyarrow as pa
        import pyarrow.dataset as ds
        import pyarrow.parquet as pq

        # In a partitioned dataset, some columns are folders.
        known = ds.get_partition_keys(fragment.partition_expression)
        stored = [name for name in columns if name not in known]
        with pq.ParquetFile(
            fragment.open(),
            metadata=fragment.metadata,
            buffer_size=_BUFFER,
            pre_buffer=False,
        ) as file:
            for batch in file.iter_batches(
                block_rows, [number], columns=stored, use_threads=False
            ):
                arrays = {name: batch.column(name) for name in stored}
                for name in columns:
                    if name in known:
                        value = pa.scalar(known[name], schema.field(name).type)
                        arrays[name] = pa.repeat(value, batch.num_rows)
                yield pa.table(arrays)

    return read


def _frame(table):
    """Return a DataFrame in which whatever counts or measures is a numpy column."""
    import pyarrow as pa

    columns = {}
    for name in table.schema.names:
        column, kind = table.column(name), table.schema.field(name).type
        if pa.types.is_dictionary(kind):
            column = column.cast(kind.value_type)
            kind = kind.value_type
        if column.null_count and _counts(kind):
            # NaN stands for null; pandas would make objects of booleans.
            column = column.cast(pa.float64(), safe=False)
        elif pa.types.is_decimal(kind):
            column = column.cast(pa.float64(), safe=False)
        columns[name] = column
    # All at once: column by column takes several times as long.
    return pa.table(columns).to_pandas(use_threads=False)


def _counts(kind):
    import pyarrow as pa

    return pa.types.is_integer(kind) or pa.types.is_boolean(kind)
