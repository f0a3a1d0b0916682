package io.boomerang.sim.command;

import picocli.CommandLine;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Reads the constants of an enum as users write them: `power-of-two`.
record EnumOption<E extends Enum<E>>(Class<E> type) implements CommandLine.ITypeConverter<E> {
    @Override
    public E convert(final String text) {
        for (final E constant : type.getEnumConstants()) {
            if (label(constant).equals(text)) {
                return constant;
            }
        }
        throw new CommandLine.TypeConversionException(
                "'"
                        + text
                        + "' is none of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(EnumOption::label)
                                .collect(Collectors.joining(", ")));
    }

    static String label(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
