@NullMarked
package io.boomerang.bpf;

import org.jspecify.annotations.NullMarked;
