/// The rules of the house as tests: who may import whom, which calls are not made, how sources look
/// and where files lie.
@NullMarked
package io.boomerang.house;

import org.jspecify.annotations.NullMarked;
