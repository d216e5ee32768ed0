-- Contacts as people see them: several numbers that are one person, and what a person wrote about them. A contact that is
-- part of another keeps its row and everything that was said of it; only lists leave it out.
ALTER TABLE contacts ADD COLUMN company TEXT;
ALTER TABLE contacts ADD COLUMN numbers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE contacts ADD COLUMN merged_into BLOB;
UPDATE contacts SET numbers = json_array(phone) WHERE phone IS NOT NULL;
CREATE INDEX contacts_tenant_id_merged_into ON contacts (tenant_id, merged_into) WHERE merged_into IS NOT NULL;
