/// What a blade does to packets: pass them, filter them, translate them.
@NullMarked
package io.boomerang.blade.processor;

import org.jspecify.annotations.NullMarked;
