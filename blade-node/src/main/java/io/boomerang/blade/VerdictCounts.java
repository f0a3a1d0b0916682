package io.boomerang.blade;

import io.boomerang.blade.processor.ProcessorVerdict;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// Frames by what became of them.
///
/// @param byVerdict every verdict has an entry
@SuppressWarnings("EnumOrdinal") // counters by verdict, within one process
public record VerdictCounts(Map<ProcessorVerdict, Long> byVerdict) {
    public VerdictCounts {
        byVerdict = Collections.unmodifiableMap(new EnumMap<>(byVerdict));
    }

    static VerdictCounts of(final long[] counts) {
        final Map<ProcessorVerdict, Long> byVerdict = new EnumMap<>(ProcessorVerdict.class);
        for (final ProcessorVerdict verdict : ProcessorVerdict.values()) {
            byVerdict.put(verdict, counts[verdict.ordinal()]);
        }
        return new VerdictCounts(byVerdict);
    }

    public long of(final ProcessorVerdict verdict) {
        return byVerdict.getOrDefault(verdict, 0L);
    }

    public long passed() {
        return of(ProcessorVerdict.PASS);
    }

    public long dropped() {
        return byVerdict.values().stream().mapToLong(Long::longValue).sum() - passed();
    }
}
