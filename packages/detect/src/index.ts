export { type ExamineContext, examine } from './examine/examine.ts';
export { intentCluster } from './examine/intent.ts';
