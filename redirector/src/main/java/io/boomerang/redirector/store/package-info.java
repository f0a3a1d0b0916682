/// Sessions that outlive their process: files of Chronicle Map, written off the packet path.
@NullMarked
package io.boomerang.redirector.store;

import org.jspecify.annotations.NullMarked;
