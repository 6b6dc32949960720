package dev.sealift.client.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A component kept as text whose column can be searched for words; as {@link dev.sealift.client.Schema.TableBuilder#searchable} says. Not for the key. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Searchable {}
