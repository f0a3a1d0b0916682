package io.boomerang.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// How functions of the C library become method handles, and what they leave in `errno`.
final class NativeFunction {
    static final int ERRNO_BYTES;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO;
    private static final MethodHandle DESCRIBE = plain("strerror", ADDRESS, JAVA_INT);

    /// No description is longer.
    private static final int DESCRIPTION_BYTES = 256;

    static {
        final StructLayout layout = Linker.Option.captureStateLayout();
        ERRNO_BYTES = (int) layout.byteSize();
        ERRNO = layout.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    }

    private NativeFunction() {}

    /// A function whose first argument is where `errno` goes.
    static MethodHandle of(
            final String name, final MemoryLayout result, final MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), CAPTURE);
    }

    /// A function that takes any arguments after the first `fixed` ones, as a C compiler would call
    /// it with these.
    static MethodHandle variadic(
            final String name,
            final int fixed,
            final MemoryLayout result,
            final MemoryLayout... arguments) {
        return link(
                name,
                FunctionDescriptor.of(result, arguments),
                CAPTURE,
                Linker.Option.firstVariadicArg(fixed));
    }

    /// A function without `errno`.
    static MethodHandle plain(
            final String name, final MemoryLayout result, final MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments));
    }

    static int errno(final MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /// The C library's words for a number.
    @SuppressWarnings("restricted") // a string that ends with a zero
    static String describe(final int number) {
        try {
            final MemorySegment text = (MemorySegment) DESCRIBE.invokeExact(number);
            return text.reinterpret(DESCRIPTION_BYTES).getString(0);
        } catch (final Throwable e) {
            throw impossible(e);
        }
    }

    /// What nobody can do anything about: a handle was called with other types than it has.
    static RuntimeException impossible(final Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException e
                ? e
                : new IllegalStateException("a native function cannot be called", cause);
    }

    @SuppressWarnings("restricted") // the signatures are those of the C library's headers
    private static MethodHandle link(
            final String name, final FunctionDescriptor function, final Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, options);
    }
}
