/// Programs for the kernel's BPF machine, assembled here and loaded without any compiler.
@NullMarked
package io.boomerang.bpf;

import org.jspecify.annotations.NullMarked;
