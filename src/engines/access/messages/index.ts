export { deliver, type MessageView, messagesOf, type Sender, tell } from './queue.ts';
export { senderOf } from './senders.ts';
