/** The part of the CEL library that is used, as a module of its own: loaded with the first expression. */
export { parse } from '@bufbuild/cel';
