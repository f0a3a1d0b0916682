/// The kernel's system calls, as Java methods: the only place from which native code is called.
@NullMarked
package io.boomerang.linux;

import org.jspecify.annotations.NullMarked;
