import { helpText } from '../endpoints.ts';
import { type Handler, text } from '../reply.ts';

export const handle: Handler = () => text(helpText());
